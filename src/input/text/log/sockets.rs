//! Open connections as netstat and ss list them: the local endpoint, which counts as the source, and its peer.

use super::endpoint::{Endpoint, leading};
use super::words::{protocol, words};
use super::{Context, Line, Said};
use crate::input::record::Cell;

/// Reads `line`: a connection has two endpoints with ports, one after the other.
pub(super) fn read<'l>(line: &'l [u8], context: Context) -> Line<'l> {
    if line.trim_ascii().is_empty() || is_header(line) {
        return Line::Nothing;
    }
    let mut before: Option<Endpoint<'l>> = None;
    for word in words(line) {
        let endpoint = endpoint(word, context);
        if let (Some(local), Some(peer)) = (before, endpoint) {
            let is_address = |endpoint: &Endpoint<'_>| endpoint.cell != Cell::Missing;
            // A socket that listens has no peer.
            if !is_address(&local) || !is_address(&peer) {
                return Line::Other;
            }
            let protocol = words(line).take(2).find_map(|word| {
                protocol(word.strip_suffix(b"4").or(word.strip_suffix(b"6")).unwrap_or(word))
            });
            return Line::Record(Said { protocol, ..Said::of(local, peer) });
        }
        before = endpoint;
    }
    Line::Other
}

/// Whether `line` names the columns.
pub(super) fn is_header(line: &[u8]) -> bool {
    let has = |words: &[u8]| memchr::memmem::find(line, words).is_some();
    has(b"Local Address") && (has(b"Foreign Address") || has(b"Peer Address"))
        || line.starts_with(b"Active ")
}

/// The endpoint that `word` is; one that stands for every address, or none, is missing.
fn endpoint<'l>(word: &'l [u8], context: Context) -> Option<Endpoint<'l>> {
    if matches!(word, b"*:*" | b"*.*" | b"*") || word.starts_with(b"*:") || word.starts_with(b"*.")
    {
        return Some(Endpoint::missing());
    }
    let (mut endpoint, rest) = leading(word, context.notation)?;
    // ss shows the interface of an address: 127.0.0.53%lo:53.
    let has_port = endpoint.port.is_some()
        || matches!(rest, [b':' | b'.' | b'%', ..])
        || endpoint.text.len() < word.len()
        || endpoint.cell == Cell::Ipv6;
    if endpoint.cell == Cell::plain(0) {
        endpoint.cell = Cell::Missing;
    }
    has_port.then_some(endpoint)
}
