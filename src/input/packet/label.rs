//! MPLS: a stack of labels, which does not say what it carries.

use super::layer::{Layer, Next, be16};
use super::{ethernet, ip};

/// Skips the labels. What follows is IP, told by its version, or Ethernet on a pseudowire.
pub(super) fn stack(mut bytes: &[u8]) -> Next<'_> {
    loop {
        let label: &[u8; 4] = bytes.first_chunk()?;
        bytes = &bytes[4..];
        let is_bottom = label[2] & 1 == 1;
        if is_bottom {
            return ip::either(bytes).or_else(|| pseudowire(bytes));
        }
    }
}

/// Ethernet on a pseudowire, with or without a control word of 4 bytes (RFC 4448). Nothing announces it, so
/// a known EtherType in the right place is taken as evidence.
fn pseudowire(bytes: &[u8]) -> Next<'_> {
    let has_type_at = |offset| be16(bytes, offset).is_some_and(ethernet::is_telling);
    let is_control_word = bytes.first()? >> 4 == 0;
    if is_control_word && has_type_at(4 + 12) {
        Some((Layer::Ethernet, &bytes[4..]))
    } else if has_type_at(12) {
        Some((Layer::Ethernet, bytes))
    } else {
        Some((Layer::Other, bytes))
    }
}
