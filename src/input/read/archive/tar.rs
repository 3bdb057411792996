//! tar archives, old, POSIX and GNU, in order as they come from a pipe. The headers are read here, because
//! no record in them may take more memory than a path needs, whatever size it claims.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use super::{Member, visible};
use crate::input::read::bytes::{damaged, read_full, read_some};

/// Bytes of a header, and of the unit that members are padded to.
pub(crate) const LEN: usize = 512;
/// The longest record of names and attributes that is kept.
const LONGEST: u64 = 64 << 10;
/// Bytes to skip at a time.
const SKIMMED: usize = 64 << 10;

const CUT: &str = "the tar archive is cut off";
const DAMAGED: &str = "the tar archive is damaged (a header is not valid)";

/// Whether `start` may be the start of a header, as far as it goes: a path, and then zeros.
pub(crate) fn may_begin(start: &[u8]) -> bool {
    let path = &start[..start.len().min(100)];
    let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
    end > 0 && path[..end].iter().all(|&byte| byte >= b' ') && path[end..].iter().all(|&b| b == 0)
}

/// Whether a header begins with `start`.
pub(super) fn begins(start: &[u8]) -> bool {
    start[..start.len().min(1)] != [0] && start.first_chunk().is_some_and(is_header)
}

fn is_header(block: &[u8; LEN]) -> bool {
    let sum = |byte: fn(u8) -> i64| -> i64 {
        let bytes = block.iter().enumerate();
        bytes.map(|(at, &b)| if (148..156).contains(&at) { 32 } else { byte(b) }).sum()
    };
    // Some old programs summed signed bytes.
    number(&block[148..156]).and_then(|told| i64::try_from(told).ok()).is_some_and(|told| {
        told == sum(i64::from) || told == sum(|byte| i64::from(byte.cast_signed()))
    })
}

/// A number in octal digits, or in binary if the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        let (high, low) = rest.split_last_chunk()?;
        return high.iter().all(|&byte| byte == 0).then(|| u64::from_be_bytes(*low));
    }
    let text = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

/// The text of a field, which ends at its first zero.
fn text(field: &[u8]) -> &[u8] {
    &field[..field.iter().position(|&byte| byte == 0).unwrap_or(field.len())]
}

/// An archive, from its first header on.
pub(crate) struct Tar(Rc<RefCell<Inner>>);

struct Inner {
    archive: Box<dyn Read>,
    /// Bytes of the current member that have not been read.
    left: u64,
    /// Bytes that fill it up to whole blocks.
    padding: u64,
}

/// What records before a header say of its member.
#[derive(Default)]
struct Attributes {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

impl Tar {
    pub fn new(archive: Box<dyn Read>) -> Self {
        Self(Rc::new(RefCell::new(Inner { archive, left: 0, padding: 0 })))
    }

    pub fn next(&mut self) -> io::Result<Option<Member>> {
        let mut inner = self.0.borrow_mut();
        let mut attributes = Attributes::default();
        loop {
            inner.skip()?;
            let Some(header) = inner.header()? else { return Ok(None) };
            let kind = header[156];
            let size = attributes.size.filter(|_| !matches!(kind, b'L' | b'K' | b'x' | b'g'));
            let size =
                size.or_else(|| number(&header[124..136])).ok_or_else(|| damaged(DAMAGED))?;
            inner.left = size;
            inner.padding = size.next_multiple_of(LEN as u64).wrapping_sub(size);
            match kind {
                b'L' => attributes.path = Some(text(&inner.record()?).to_vec()),
                b'x' => attributes.read(&inner.record()?),
                // A long link, attributes of all members, a volume.
                b'K' | b'g' | b'V' | b'M' => {}
                b'0' | 0 | b'7' | b'S' => {
                    let Attributes { path, is_sparse, .. } = std::mem::take(&mut attributes);
                    let path = path.unwrap_or_else(|| path_of(&header));
                    let Some(name) = visible(&path).filter(|_| size > 0) else { continue };
                    let bytes: Result<Box<dyn Read>, _> = if is_sparse || kind == b'S' {
                        Err("is a sparse file, stored in parts; unpack the archive".to_owned())
                    } else {
                        Ok(Box::new(Bytes(self.0.clone())))
                    };
                    return Ok(Some(Member { name, bytes }));
                }
                // Folders, links and devices.
                _ => attributes = Attributes::default(),
            }
        }
    }
}

fn path_of(header: &[u8; LEN]) -> Vec<u8> {
    let (name, prefix) = (text(&header[..100]), text(&header[345..500]));
    // GNU's own format has other fields in the place of the prefix.
    let is_posix = &header[257..263] == b"ustar\0";
    if is_posix && !prefix.is_empty() { [prefix, b"/", name].concat() } else { name.to_vec() }
}

impl Attributes {
    /// Reads records of the form `LENGTH KEY=VALUE\n`.
    fn read(&mut self, mut records: &[u8]) {
        while let Some(space) = records.iter().position(|&byte| byte == b' ') {
            let len = std::str::from_utf8(&records[..space]).ok().and_then(|len| len.parse().ok());
            let Some((record, rest)) = len.and_then(|len: usize| records.split_at_checked(len))
            else {
                return;
            };
            let record = record.get(space + 1..).unwrap_or_default();
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            if let Some(equals) = record.iter().position(|&byte| byte == b'=') {
                let (key, value) = (&record[..equals], &record[equals + 1..]);
                match key {
                    b"path" => self.path = Some(value.to_vec()),
                    b"size" => {
                        self.size = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok())
                    }
                    _ if key.starts_with(b"GNU.sparse.") => self.is_sparse = true,
                    _ => {}
                }
            }
            if len == Some(0) {
                return;
            }
            records = rest;
        }
    }
}

impl Inner {
    /// The next header; `None` at the end. Zeros between archives that were joined are passed over.
    fn header(&mut self) -> io::Result<Option<[u8; LEN]>> {
        loop {
            let mut block = [0; LEN];
            match read_full(&mut self.archive, &mut block)? {
                0 => return Ok(None),
                LEN if block == [0; LEN] => {}
                LEN if is_header(&block) => return Ok(Some(block)),
                LEN => return Err(damaged(DAMAGED)),
                _ => return Err(damaged(CUT)),
            }
        }
    }

    /// The content of a record, up to the length that is kept.
    fn record(&mut self) -> io::Result<Vec<u8>> {
        let mut record = vec![0; self.left.min(LONGEST) as usize];
        let read = read_full(&mut self.archive, &mut record)?;
        self.left -= read as u64;
        record.truncate(read);
        Ok(record)
    }

    /// Skips what is left of the current member.
    fn skip(&mut self) -> io::Result<()> {
        let mut bytes = vec![0; SKIMMED];
        let mut left = self.left.saturating_add(self.padding);
        (self.left, self.padding) = (0, 0);
        while left > 0 {
            let most = left.min(SKIMMED as u64) as usize;
            match read_some(&mut self.archive, &mut bytes[..most])? {
                0 => return Err(damaged(CUT)),
                read => left -= read as u64,
            }
        }
        Ok(())
    }
}

/// The bytes of the current member.
struct Bytes(Rc<RefCell<Inner>>);

impl Read for Bytes {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut inner = self.0.borrow_mut();
        let most = inner.left.min(bytes.len() as u64) as usize;
        if most == 0 {
            return Ok(0);
        }
        let read = read_some(&mut inner.archive, &mut bytes[..most])?;
        inner.left -= read as u64;
        if read == 0 { Err(damaged(CUT)) } else { Ok(read) }
    }
}
