//! Formats without a plain signature: bytes at the start that agree with each other.
//!
//! Each function sees the first bytes of a file, however few, and says whether they have the shape.

/// Times that a record may have: from 1996 to 2100.
const SECONDS: std::ops::Range<u32> = 820_454_400..4_102_444_800;

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Datagrams of NetFlow: a version, a number of records that a datagram has room for, and after these,
/// unless the file ends, the same version again. Version 9 tells its time instead.
pub(super) fn is_netflow(head: &[u8]) -> bool {
    let (Some(version), Some(count)) = (be16(head, 0), be16(head, 2)) else { return false };
    let is_time = be32(head, 8).is_some_and(|seconds| SECONDS.contains(&seconds));
    let (header, record, most) = match version {
        1 if is_time => (16, 52, 24),
        5 => (24, 48, 30),
        7 if is_time => (24, 52, 28),
        9 => {
            return is_time
                && count > 0
                && be16(head, 20).is_none_or(|set| !(2..=255).contains(&set));
        }
        _ => return false,
    };
    let count = usize::from(count);
    let is_next = be16(head, header + record * count).is_none_or(|next| next == version);
    (1..=most).contains(&count) && head.len() >= header && is_next
}

/// Messages of IPFIX: version 10, a length, and a time. The first message ends where the second begins.
pub(super) fn is_ipfix(head: &[u8]) -> bool {
    let (Some(10), Some(length)) = (be16(head, 0), be16(head, 2)) else { return false };
    be32(head, 4).is_some_and(|seconds| SECONDS.contains(&seconds)) && length >= 16
}

/// Datagrams of sFlow: version 5, and the kind of the agent's address.
pub(super) fn is_sflow(head: &[u8]) -> bool {
    matches!((be32(head, 0), be32(head, 4)), (Some(5), Some(1 | 2)))
}

/// The search tree of a database of MaxMind: the addresses of IPv4 are below 96 zeros, so the left branch of
/// each of the first nodes leads to the next one. Records have 24, 28 or 32 bits.
pub(super) fn is_maxmind(head: &[u8]) -> bool {
    let branch = |at: usize, length: usize| {
        let bytes = head.get(at..at + length)?;
        Some(bytes.iter().fold(0u32, |number, &byte| number << 8 | u32::from(byte)))
    };
    [(6, 3), (7, 3), (8, 4)].into_iter().any(|(node, length)| {
        (0..32u32).all(|number| branch(node * number as usize, length) == Some(number + 1))
    })
}

/// Records of Snort's unified2: an event, or a packet and after it another record.
pub(super) fn is_unified2(head: &[u8]) -> bool {
    let record = |at| Some((be32(head, at)?, be32(head, at + 4)?));
    match record(0) {
        Some((7 | 72 | 99..=105, length)) => (40..=256).contains(&length),
        Some((2 | 110, length @ 16..=0x1_0000)) => {
            let next = record(8 + length as usize);
            next.is_none_or(|(kind, _)| matches!(kind, 2 | 7 | 72 | 99..=110))
        }
        _ => false,
    }
}

/// Buffers of Windows' event traces: the size of a buffer, and how far this one is filled.
pub(super) fn is_event_trace(head: &[u8]) -> bool {
    let (Some(size), Some(filled)) = (le32(head, 0), le32(head, 4)) else { return false };
    size % 1024 == 0 && (1024..=16 << 20).contains(&size) && (0x48..=size).contains(&filled)
}

/// Endace's records: a time, a type, and a length that leads to the next record. Their times do not jump.
pub(super) fn is_erf(head: &[u8]) -> bool {
    let mut at = 0;
    let mut last: Option<u32> = None;
    let mut records = 0;
    while records < 4 {
        let (Some(seconds), Some(&[kind, ..])) = (le32(head, at + 4), head.get(at + 8..)) else {
            break;
        };
        let Some(length) = be16(head, at + 10) else { break };
        let is_near = last.is_none_or(|last| seconds.abs_diff(last) < 3600);
        let is_type = matches!(kind & 0x7f, 1..=27 | 48);
        if !SECONDS.contains(&seconds) || !is_near || !is_type || length < 16 {
            return false;
        }
        last = Some(seconds);
        records += 1;
        at += usize::from(length);
    }
    // One record proves nothing, unless it is all there is.
    records > 1 || records == 1 && at == head.len()
}

/// Bytes of a text in UTF-16 to look at.
const LETTERS: usize = 64;

/// UTF-16 without a byte order mark, the lower byte first: letters of ASCII, and zeros between them.
pub(super) fn is_utf16le(head: &[u8]) -> bool {
    is_utf16(head, |&[letter, zero]| (letter, zero))
}

/// The same, the higher byte first.
pub(super) fn is_utf16be(head: &[u8]) -> bool {
    is_utf16(head, |&[zero, letter]| (letter, zero))
}

fn is_utf16(head: &[u8], parts: fn(&[u8; 2]) -> (u8, u8)) -> bool {
    let (letters, _) = head[..head.len().min(LETTERS)].as_chunks::<2>();
    !letters.is_empty()
        && letters.iter().map(parts).all(|(letter, zero)| {
            zero == 0 && (letter.is_ascii_graphic() || letter.is_ascii_whitespace())
        })
}

/// A message of PGP in bytes: a session key encrypted to a public key, or by a passphrase.
pub(super) fn is_pgp(head: &[u8]) -> bool {
    match head {
        // The version of the packet follows its length.
        [0x84, _, 3, ..] | [0x85, _, _, 3, ..] | [0xc1, _, 3, ..] | [0xc1, _, _, 3, ..] => true,
        [0x8c, _, 4, 1..=13, ..] | [0xc3, _, 4, 1..=13, ..] => true,
        _ => false,
    }
}

/// A stream of Arrow: no length, then that of the schema.
pub(super) fn is_arrow_stream(head: &[u8]) -> bool {
    let length = le32(head, 4);
    le32(head, 0) == Some(u32::MAX)
        && length.is_some_and(|length| length % 8 == 0 && (16..1 << 24).contains(&length))
}

/// Python's pickles of protocol 2 and later.
pub(super) fn is_pickle(head: &[u8]) -> bool {
    match head {
        [0x80, 2 | 3, opcode, ..] => {
            matches!(opcode, b'c' | b'}' | b']' | b'(' | b'X' | b'K' | b'J')
        }
        [0x80, 4 | 5, 0x95, ..] => true,
        _ => false,
    }
}

/// Events of dnstap: frames whose first one names what the others hold.
pub(super) fn is_dnstap(head: &[u8]) -> bool {
    head.starts_with(&[0; 4])
        && memchr::memmem::find(&head[..head.len().min(64)], b"protobuf:dnstap.Dnstap").is_some()
}
