//! What all captures of packets have in common before their first packet.

use crate::input::account::{Format, RecordNumber};
use crate::input::format::{Cutter, Opened};
use crate::input::options::Options;
use crate::input::role::Roles;

/// A capture of packets whose first packet follows `skip` bytes.
pub(super) fn opened(
    name: &'static str,
    skip: usize,
    cutter: Box<dyn Cutter>,
    options: &Options,
) -> Opened {
    Opened {
        format: Format {
            name,
            record: ["packet", "packets"],
            has_roles: true,
            source: None,
            destination: None,
        },
        roles: options.roles.unwrap_or(Roles::Both),
        skip,
        lines_before: 0,
        counted_by: RecordNumber::Packet,
        cutter,
        warnings: options.unused_columns(),
    }
}
