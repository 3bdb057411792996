//! Captures of packets: from the bytes of a frame to the addresses of its IPv4 header.
//!
//! `pcap` and `pcapng` find the frames, and `capture` follows from one to the next where they were joined. A frame is a chain of layers. Each family of layers has a file,
//! whose functions say what the next layer is and where it begins; `frame`, which alone knows all families,
//! follows the chain. Like TShark's first `ip.src`, the outermost IPv4 header counts, even inside IPv6 or a
//! tunnel over it; `--tunnels inner` asks for the innermost. The headers that ICMP errors quote do not
//! count, and nothing is decrypted, decompressed or reassembled from fragments. A frame that the capture
//! truncated is read as far as it goes.

mod capture;
mod ethernet;
mod frame;
mod interface;
mod ip;
mod lan;
mod layer;
mod link;
mod llc;
pub(super) mod pcap;
pub(super) mod pcapng;
mod point;
mod pseudo;
mod record;
mod tag;
mod tunnel;
mod wan;
mod wireless;

pub(super) use link::{is_private, unread};

use crate::input::account::{Format, RecordNumber};
use crate::input::format::{Cutter, Opened};
use crate::input::options::Options;
use crate::input::role::Roles;

/// A capture of packets whose first packet follows `skip` bytes.
fn opened(name: &'static str, skip: usize, cutter: Box<dyn Cutter>, options: &Options) -> Opened {
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
