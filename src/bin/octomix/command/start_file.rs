//! Files that say where a mixture starts: parameters as JSON, or the clusters of addresses as CSV.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use nalgebra::Matrix4;
use octomix::Covariance;
use octomix::address::{OCTETS, dotted};
use octomix::input::parse_ipv4;
use octomix::model::init::StartParameters;
use octomix::store::bounded;
use octomix::store::model::Nested;
use octomix::words::{shown, shown_path};
use serde::Deserialize;

/// A file that cannot be started from.
#[derive(Debug, thiserror::Error)]
#[error("cannot start from '{}': {reason}", shown_path(path))]
pub struct StartFileError {
    path: PathBuf,
    reason: String,
}

/// What such a file holds.
#[derive(Debug)]
pub enum StartFile {
    /// At parameters.
    Parameters(StartParameters),
    /// From clusters.
    Labels(Labels),
}

/// The cluster of each address.
#[derive(Debug)]
pub struct Labels {
    path: PathBuf,
    clusters: HashMap<u32, u32>,
}

/// The names are scikit-learn's; a model.json has them too.
#[derive(Deserialize)]
struct Json {
    weights: Option<Vec<f64>>,
    means: Option<Vec<[f64; OCTETS]>>,
    precisions: Option<Nested>,
    covariance_type: Option<String>,
}

impl StartFile {
    /// Reads `path`, JSON if it begins with a brace; precisions are of `covariance` unless it says
    /// otherwise.
    ///
    /// # Errors
    /// When it cannot be read, or is neither.
    pub fn read(path: &Path, covariance: Covariance) -> Result<Self, StartFileError> {
        let at = |reason: String| StartFileError { path: path.to_path_buf(), reason };
        let text = bounded::read(path).map_err(|error| at(error.to_string()))?;
        if text.trim_ascii_start().first() == Some(&b'{') {
            return parameters(&text, covariance).map(Self::Parameters).map_err(at);
        }
        let clusters = clusters(&text).map_err(at)?;
        Ok(Self::Labels(Labels { path: path.to_path_buf(), clusters }))
    }

    /// How many components it is for; none where a tied precision is all it has.
    pub fn components(&self) -> Option<usize> {
        match self {
            Self::Parameters(StartParameters { weights, means, precisions }) => {
                let precisions = precisions.as_ref().map(Vec::len).filter(|&count| count > 1);
                means.as_ref().map(Vec::len).or(weights.as_ref().map(Vec::len)).or(precisions)
            }
            // A cluster without an address may be left out at the end only by mistake.
            Self::Labels(labels) => labels.clusters.values().max().map(|&k| k as usize + 1),
        }
    }
}

impl Labels {
    /// The cluster of each of `addresses`.
    ///
    /// # Errors
    /// When the file does not tell of one.
    pub fn of(&self, addresses: &[u32]) -> Result<Vec<u32>, StartFileError> {
        let cluster = |address: &u32| {
            self.clusters.get(address).copied().ok_or_else(|| StartFileError {
                path: self.path.clone(),
                reason: format!(
                    "it has no cluster for {}; give every address of the capture one",
                    dotted(*address)
                ),
            })
        };
        addresses.iter().map(cluster).collect()
    }
}

fn parameters(text: &[u8], covariance: Covariance) -> Result<StartParameters, String> {
    let json: Json = serde_json::from_slice(text).map_err(|error| shown(&error.to_string()))?;
    if json.weights.is_none() && json.means.is_none() && json.precisions.is_none() {
        return Err("it has neither weights nor means nor precisions; give one of them".to_owned());
    }
    let kind = match &json.covariance_type {
        None => covariance,
        Some(name) => Covariance::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| format!("its covariance_type '{}' is unknown", shown(name)))?,
    };
    let precisions = json.precisions.map(|nested| precisions(&nested, kind)).transpose()?;
    Ok(StartParameters { weights: json.weights, means: json.means, precisions })
}

/// Precisions of `kind`, in scikit-learn's shape; a tied one is one.
fn precisions(nested: &Nested, kind: Covariance) -> Result<Vec<Matrix4<f64>>, String> {
    let matrices = match (kind, nested) {
        (Covariance::Tied, _) => nested.to_matrices(kind, 1),
        (_, Nested::List(entries)) => nested.to_matrices(kind, entries.len()),
        (_, Nested::Number(_)) => None,
    };
    let shape = match kind {
        Covariance::Full => "four rows of four numbers for each component",
        Covariance::Tied => "four rows of four numbers",
        Covariance::Diag => "four numbers for each component",
        Covariance::Spherical => "one number for each component",
    };
    let kind = kind.name();
    matrices.ok_or_else(|| {
        format!(
            "its precisions are not {shape}; give those, or a covariance_type other than {kind}"
        )
    })
}

fn clusters(text: &[u8]) -> Result<HashMap<u32, u32>, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let header = reader.byte_headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|field| field.eq_ignore_ascii_case(name.as_bytes()));
        found.ok_or_else(|| {
            format!(
                "it is neither JSON nor a CSV with a column {name}; expected the columns address and cluster"
            )
        })
    };
    let (address, cluster) = (column("address")?, column("cluster")?);
    let mut clusters = HashMap::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| shown(&error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: usize| record.get(at).unwrap_or_default();
        let text = |at: usize| shown(&String::from_utf8_lossy(field(at)));
        let found = parse_ipv4(field(address))
            .ok_or_else(|| format!("line {line}: '{}' is no IPv4 address", text(address)))?;
        let label = text(cluster);
        let label: u32 = label.parse().map_err(|_| {
            format!("line {line}: '{label}' is no cluster; expected a whole number from 0")
        })?;
        if let Some(other) = clusters.insert(found, label).filter(|&other| other != label) {
            let address = dotted(found);
            return Err(format!(
                "line {line}: {address} is in cluster {label}, and in {other} above"
            ));
        }
    }
    if clusters.is_empty() {
        return Err("it has no address below its header".to_owned());
    }
    Ok(clusters)
}
