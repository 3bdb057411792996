//! Access logs of web servers and proxies: the client stands at a fixed place before the time in brackets. The
//! rest of a line is not looked at, because clients choose what it says.

use super::endpoint::{Endpoint, leading};
use super::words::words;
use super::{Context, Line, Said};
use crate::input::record::Cell;
use crate::input::text::cell::parse_cell;

/// The most bytes before the time.
const LONGEST_START: usize = 1024;
/// The words before the client in Squid's own log: the time and the duration.
const BEFORE_SQUID: usize = 2;

/// Reads the client of `line`: an address, an identity, a user and the time in brackets (Apache, nginx); an
/// address and the time (HAProxy); the time and an address (S3); or Squid's own log. Load balancers of Amazon
/// also write to whom they have passed a request.
pub(super) fn read<'l>(line: &'l [u8], context: Context) -> Line<'l> {
    let client = match date(line) {
        Some(at) => client(line, at, context),
        None => match balanced(line, context) {
            Some(said) => return Line::Record(said),
            None => squid(line, context),
        },
    };
    match client {
        Some(client) => Line::Record(Said::of(client, Endpoint::missing())),
        None => Line::Other,
    }
}

/// Where `[01/Jan/2026:` stands in `line`.
fn date(line: &[u8]) -> Option<usize> {
    let start = &line[..line.len().min(LONGEST_START)];
    let is_date = |&at: &usize| match &start[at..] {
        [_, d1, d2, b'/', month @ ..] if d1.is_ascii_digit() && d2.is_ascii_digit() => {
            matches!(month, [_, _, _, b'/', y1, y2, y3, y4, b':', ..]
                if [y1, y2, y3, y4].into_iter().all(u8::is_ascii_digit))
        }
        _ => false,
    };
    memchr::memchr_iter(b'[', start).find(is_date)
}

/// The client of a line whose time begins at `at`.
fn client<'l>(line: &'l [u8], at: usize, context: Context) -> Option<Endpoint<'l>> {
    let parse = |word: &'l [u8]| whole(word, context);
    let mut before = line[..at].rsplit(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let user = before.next();
    // HAProxy's client has a port; the address that a collector writes in front is another's.
    if let Some(client) = user.and_then(parse).filter(|client| client.port.is_some()) {
        return Some(client);
    }
    let client = before.nth(1);
    if let Some(client) = client
        && let Some(mut client) = parse(client)
    {
        // Each proxy adds its client at the end: 10.0.0.1, 10.0.0.2.
        for word in before {
            match word.strip_suffix(b",").and_then(parse) {
                Some(first) => client = first,
                None => break,
            }
        }
        return Some(client);
    }
    if let Some(client) = user.and_then(parse) {
        return Some(client);
    }
    let mut all = words(&line[..at]);
    // The name of a user may have blanks.
    if let Some(client) =
        all.clone().map(|word| word.strip_suffix(b",").unwrap_or(word)).find_map(parse)
    {
        return Some(client);
    }
    let after = &line[at..];
    let after = &after[after.iter().take(64).position(|&byte| byte == b']')? + 1..];
    if let Some(client) = words(after).next().and_then(parse) {
        return Some(client);
    }
    // A name instead of an address, which a server writes that looks names up.
    let name = client.or_else(|| all.next())?;
    let is_missing = parse_cell(name, context.notation) == Cell::Missing;
    Some(if is_missing { Endpoint::missing() } else { Endpoint::malformed(name) })
}

/// The client of a line of Squid's own log.
fn squid<'l>(line: &'l [u8], context: Context) -> Option<Endpoint<'l>> {
    let mut words = words(line).skip_while(|word| !is_epoch(word));
    let client = words.nth(BEFORE_SQUID)?;
    let result = words.next()?;
    let is_result = result.contains(&b'/') && result.first().is_some_and(u8::is_ascii_uppercase);
    if is_result { whole(client, context) } else { None }
}

/// What a load balancer of Amazon says: `[kind] time balancer client:port target:port`, and three durations.
fn balanced<'l>(line: &'l [u8], context: Context) -> Option<Said<'l>> {
    const DURATIONS: usize = 3;
    let is_time = |word: &[u8]| word.len() >= 19 && word[4] == b'-' && word[10] == b'T';
    let mut words = words(line);
    // Before the time stand the kind of the connection, and a version.
    words.by_ref().take(3).find(|word| is_time(word))?;
    let is_duration = |word: &[u8]| {
        word == b"-" || str::from_utf8(word).is_ok_and(|word| word.parse::<f64>().is_ok())
    };
    // The name of the balancer, and of some kinds the name of its listener.
    let client = words.by_ref().skip(1).take(2).find_map(|word| whole(word, context))?;
    let target = match words.next()? {
        b"-" => Endpoint::missing(),
        target => whole(target, context)?,
    };
    let is_said = client.port.is_some() && words.take(DURATIONS).all(is_duration);
    is_said.then(|| Said::of(client, target))
}

/// Whether `word` is a time such as 1767225600.123.
fn is_epoch(word: &[u8]) -> bool {
    word.len() >= 14
        && word[10] == b'.'
        && word.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// The endpoint that `word` is.
fn whole<'l>(word: &'l [u8], context: Context) -> Option<Endpoint<'l>> {
    let word = word.strip_prefix(b"\"").and_then(|word| word.strip_suffix(b"\"")).unwrap_or(word);
    leading(word, context.notation)
        .filter(|(_, rest)| rest.is_empty())
        .map(|(endpoint, _)| endpoint)
}
