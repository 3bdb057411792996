//! Which columns of a table hold the addresses: those that the options name, or else known ones.

use crate::input::account::Format;
use crate::input::error::InputError;
use crate::input::options::Options;
use crate::input::role::{Role, Roles};
use crate::input::warning::Warning;

/// Known names of source and destination, the preferred ones first.
const KNOWN: [(&str, &str); 21] = [
    ("isrc", "idst"),
    ("ip.src", "ip.dst"),
    ("src", "dst"),
    ("src_ip", "dst_ip"),
    ("source", "destination"),
    ("saddr", "daddr"),
    // Argus, and nfdump since 1.7.
    ("SrcAddr", "DstAddr"),
    // Zeek.
    ("id.orig_h", "id.resp_h"),
    ("id_orig_h", "id_resp_h"),
    // nfdump.
    ("sa", "da"),
    ("srcip", "dstip"),
    ("ip_src", "ip_dst"),
    ("src_addr", "dst_addr"),
    ("source_ip", "destination_ip"),
    // The Elastic Common Schema.
    ("source.ip", "destination.ip"),
    // CICFlowMeter, older and newer versions.
    ("Src IP", "Dst IP"),
    ("Source IP", "Destination IP"),
    // NetFlow and IPFIX.
    ("IPV4_SRC_ADDR", "IPV4_DST_ADDR"),
    ("sourceIPv4Address", "destinationIPv4Address"),
    // Wireshark's columns, if they hold addresses rather than names.
    ("_ws.col.def_src", "_ws.col.def_dst"),
    ("_ws.col.Source", "_ws.col.Destination"),
];

/// A column to read.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) role: Role,
    pub(crate) index: usize,
    pub(crate) name: String,
}

/// Chooses the columns for the roles that the options ask for, and says what to warn of. `header` must be
/// safe to display.
///
/// # Errors
///
/// A named column that does not exist, or no column for any role.
pub(crate) fn choose(
    header: &[String],
    options: &Options,
    file: &str,
) -> Result<(Vec<Column>, Vec<Warning>), InputError> {
    let roles = options.roles.unwrap_or(Roles::Both);
    let mut columns = Vec::new();
    let mut warnings = Vec::new();
    for &role in roles.sides() {
        let index = match options.column(role) {
            Some(name) => Some(find(header, name).ok_or_else(|| InputError::ColumnNotFound {
                name: file.to_owned(),
                column: name.to_owned(),
                role,
                columns: header.to_vec(),
            })?),
            None => guess(header, role, &mut warnings),
        };
        match index {
            Some(index) => columns.push(Column { role, index, name: header[index].clone() }),
            None => warnings.push(Warning::NoColumn { role }),
        }
    }
    if columns.is_empty() {
        return Err(InputError::NoKnownColumn {
            name: file.to_owned(),
            roles,
            columns: header.to_vec(),
        });
    }
    Ok((columns, warnings))
}

/// Describes `columns` for the account, with the roles that they fill.
pub(crate) fn described(name: &'static str, columns: &[Column]) -> (Format, Roles) {
    let name_of = |role| {
        let column = columns.iter().find(|column| column.role == role);
        column.map(|column| column.name.clone())
    };
    let (source, destination) = (name_of(Role::Source), name_of(Role::Destination));
    let roles = match (&source, &destination) {
        (_, None) => Roles::Source,
        (None, _) => Roles::Destination,
        _ => Roles::Both,
    };
    let record = ["row", "rows"];
    (Format { name, record, has_roles: true, source, destination }, roles)
}

/// Whether two column names are equal, apart from case and surrounding white space.
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Whether `name` is a known name of either role.
pub(crate) fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|(source, destination)| is_same(name, source) || is_same(name, destination))
}

fn find(header: &[String], name: &str) -> Option<usize> {
    let exact = header.iter().position(|column| column == name);
    exact.or_else(|| header.iter().position(|column| is_same(column, name)))
}

/// The preferred known column of `role`. It comes from the first known pair of which both columns exist, if
/// there is one: a source and a destination that were written together belong together.
fn guess(header: &[String], role: Role, warnings: &mut Vec<Warning>) -> Option<usize> {
    let whole = KNOWN.iter().find(|(source, destination)| {
        find(header, source).is_some() && find(header, destination).is_some()
    });
    let candidates: Vec<usize> = whole
        .into_iter()
        .chain(KNOWN.iter().filter(|&pair| Some(pair) != whole))
        .map(|&(source, destination)| match role {
            Role::Destination => destination,
            Role::Source | Role::Any => source,
        })
        .flat_map(|known| (0..header.len()).filter(move |&at| is_same(&header[at], known)))
        .collect();
    let (&taken, others) = candidates.split_first()?;
    if !others.is_empty() {
        warnings.push(Warning::SeveralColumns {
            role,
            taken: header[taken].clone(),
            others: others.iter().map(|&at| header[at].clone()).collect(),
        });
    }
    Some(taken)
}
