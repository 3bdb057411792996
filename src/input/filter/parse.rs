//! The grammar of `--where`: `proto=tcp and (port=443 or not dst private)`. It is recursive by nature, up
//! to a limit.

use std::ops::RangeInclusive;

use super::condition::Condition;
use super::tokens::{FilterError, Token, tokens};
use crate::address::Blocks;
use crate::input::options::Notation;
use crate::input::protocol::{parse_number, parse_protocol};
use crate::input::role::Role;
use crate::input::text::list::parse_block;
use crate::input::time::parse_time;

/// The deepest nesting of parentheses and negations: nobody writes deeper expressions by hand.
const DEEPEST: usize = 64;

/// Parses `expression`.
pub(super) fn parse(expression: &str) -> Result<Condition, FilterError> {
    let mut parser = Parser { expression, tokens: tokens(expression)?, at: 0, depth: 0 };
    let condition = parser.any()?;
    match parser.peek() {
        None => Ok(condition),
        Some(_) => Err(parser.expected("'and', 'or' or the end", ALL)),
    }
}

/// A general example, where there is no closer one.
const ALL: &str = "'proto=tcp and (port=443 or not dst in 10.0.0.0/8)'";

struct Parser<'e> {
    expression: &'e str,
    tokens: Vec<Token<'e>>,
    /// The next token.
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, FilterError>;

impl<'e> Parser<'e> {
    fn peek(&self) -> Option<Token<'e>> {
        self.tokens.get(self.at).copied()
    }

    /// Consumes the next token if it is one of `words`, in any case.
    fn take(&mut self, words: &[&str]) -> bool {
        let is_one = self.peek().is_some_and(|token| {
            !token.is_quoted && words.iter().any(|word| token.text.eq_ignore_ascii_case(word))
        });
        self.at += usize::from(is_one);
        is_one
    }

    /// The error at the next token.
    fn expected(&self, expected: &'static str, example: &'static str) -> FilterError {
        let at = self.peek().map_or(self.expression.len(), |token| token.at);
        let found = match self.peek() {
            Some(token) => format!("'{}'", token.text.escape_debug()),
            None => "the end".to_owned(),
        };
        FilterError { at: self.expression[..at].chars().count() + 1, expected, found, example }
    }

    fn any(&mut self) -> Parsed<Condition> {
        let all = |parser: &mut Self| parser.joined(&["and", "&&"], Condition::All, Self::one);
        self.joined(&["or", "||"], Condition::Any, all)
    }

    /// One or more parts with one of `words` between them.
    fn joined(
        &mut self,
        words: &[&str],
        join: fn(Vec<Condition>) -> Condition,
        part: impl Fn(&mut Self) -> Parsed<Condition>,
    ) -> Parsed<Condition> {
        let mut parts = vec![part(self)?];
        while self.take(words) {
            parts.push(part(self)?);
        }
        Ok(if parts.len() > 1 { join(parts) } else { parts.remove(0) })
    }

    /// A condition, a negation or what is in parentheses.
    fn one(&mut self) -> Parsed<Condition> {
        if self.depth == DEEPEST {
            return Err(self.expected("fewer parentheses and negations within each other", ALL));
        }
        self.depth += 1;
        let condition = if self.take(&["not", "!"]) {
            not(self.one()?)
        } else if self.take(&["("]) {
            let inner = self.any()?;
            if !self.take(&[")"]) {
                return Err(self.expected("'and', 'or' or ')'", ALL));
            }
            inner
        } else {
            self.condition()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn condition(&mut self) -> Parsed<Condition> {
        let word = self.peek().filter(|token| !token.is_quoted);
        self.at += 1;
        match word.map(|token| token.text.to_ascii_lowercase()).as_deref() {
            Some("proto" | "protocol") => self.protocol(),
            Some("port") => self.port(Role::Any),
            Some("sport") => self.port(Role::Source),
            Some("dport") => self.port(Role::Destination),
            Some("time") => self.time(),
            Some("src") => self.address(Role::Source),
            Some("dst") => self.address(Role::Destination),
            Some("ip") => self.address(Role::Any),
            Some("private") => Ok(Condition::Inside(Role::Any, Blocks::private())),
            Some("public") => Ok(not(Condition::Inside(Role::Any, Blocks::private()))),
            _ => {
                self.at -= 1;
                let expected = "proto, port, sport, dport, time, src, dst, ip, private or public";
                Err(self.expected(expected, ALL))
            }
        }
    }

    /// Parses `=`, `in`, `!=` or `not in`; returns whether it is a negation.
    fn membership(&mut self, example: &'static str) -> Parsed<bool> {
        if self.take(&["=", "==", "in"]) {
            return Ok(false);
        }
        if self.take(&["!="]) || self.take(&["not"]) && self.take(&["in"]) {
            return Ok(true);
        }
        Err(self.expected("'=', '!=', 'in' or 'not in'", example))
    }

    fn protocol(&mut self) -> Parsed<Condition> {
        let example = "proto=tcp or proto=1,17";
        let is_negated = self.membership(example)?;
        let protocol = |text: &str| parse_protocol(text.as_bytes());
        let protocols =
            self.list(protocol, "a protocol's name or its number up to 255", example)?;
        Ok(not_if(is_negated, Condition::Protocol(protocols)))
    }

    fn port(&mut self, side: Role) -> Parsed<Condition> {
        let example = "port=443, dport=1-1023,8080 or sport>=1024";
        let expected = "a port up to 65535";
        if let Some(compare) = self.comparison() {
            let port =
                self.value(|text| parse_number::<u16>(text.as_bytes()), expected, example)?;
            let (below, above) = (port.checked_sub(1), port.checked_add(1));
            let range = compare.span(port, below, above, 0, u16::MAX);
            return Ok(Condition::Port(side, Vec::from_iter(range)));
        }
        let is_negated = self.membership(example)?;
        let ports =
            self.list(parse_ports, "a port up to 65535 or a range such as 1-1023", example)?;
        Ok(not_if(is_negated, Condition::Port(side, ports)))
    }

    fn time(&mut self) -> Parsed<Condition> {
        let example = "time>=2026-01-01T00:00:00Z and time<2026-01-02";
        let Some(compare) = self.comparison() else {
            return Err(self.expected("'>=', '>', '<' or '<='", example));
        };
        if self.peek().is_some_and(|token| is_early(token.text)) {
            let expected = "a date such as 2012-01-01, or 100000000 seconds since 1970 or more";
            return Err(self.expected(expected, "time>=2012-01-01 and time<2013-01-01"));
        }
        let expected = "a time such as 2026-01-01T00:00:00Z or 1767225600";
        let time =
            self.value(|text| parse_time(text.as_bytes(), Notation::default()), expected, example)?;
        let (below, above) = (time.checked_sub(1), time.checked_add(1));
        let span = compare.span(time, below, above, i64::MIN, i64::MAX);
        // Nothing is earlier than the earliest time, so no record matches.
        Ok(span.map_or(Condition::Any(Vec::new()), Condition::Time))
    }

    fn address(&mut self, end: Role) -> Parsed<Condition> {
        let example = "src in 10.0.0.0/8,192.0.2.1, dst not in 10.0.0.0/8 or dst public";
        let is_negated = self.take(&["not"]);
        if self.take(&["private"]) {
            return Ok(not_if(is_negated, Condition::Inside(end, Blocks::private())));
        }
        if self.take(&["public"]) {
            return Ok(not_if(!is_negated, Condition::Inside(end, Blocks::private())));
        }
        if is_negated {
            self.at -= 1;
        }
        let start = self.at;
        let is_negated = self.membership(example).map_err(|_| {
            self.at = start;
            self.expected("'in', 'not in', '=', 'private' or 'public'", example)
        })?;
        let blocks = self.list(parse_block, "a block such as 10.0.0.0/8 or an address", example)?;
        Ok(not_if(is_negated, Condition::Inside(end, Blocks::new(blocks))))
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let comparison = match self.peek().filter(|token| !token.is_quoted)?.text {
            "<" => Comparison::Below,
            "<=" => Comparison::UpTo,
            ">" => Comparison::Above,
            ">=" => Comparison::From,
            _ => return None,
        };
        self.at += 1;
        Some(comparison)
    }

    /// Values separated by commas.
    fn list<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
        expected: &'static str,
        example: &'static str,
    ) -> Parsed<Vec<T>> {
        let mut values = vec![self.value(&parse, expected, example)?];
        while self.take(&[","]) {
            values.push(self.value(&parse, expected, example)?);
        }
        Ok(values)
    }

    fn value<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
        expected: &'static str,
        example: &'static str,
    ) -> Parsed<T> {
        let value = self.peek().and_then(|token| parse(token.text));
        let value = value.ok_or_else(|| self.expected(expected, example))?;
        self.at += 1;
        Ok(value)
    }
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Below,
    UpTo,
    Above,
    From,
}

impl Comparison {
    /// The values on this side of `value`, between `least` and `most`; `None` if there are none.
    fn span<T>(
        self,
        value: T,
        below: Option<T>,
        above: Option<T>,
        least: T,
        most: T,
    ) -> Option<RangeInclusive<T>> {
        Some(match self {
            Comparison::Below => least..=below?,
            Comparison::UpTo => least..=value,
            Comparison::Above => above?..=most,
            Comparison::From => value..=most,
        })
    }
}

/// A port, or the first and the last of a range.
fn parse_ports(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (parse_number(first.as_bytes())?, parse_number(last.as_bytes())?);
    (first <= last).then_some(first..=last)
}

fn not(condition: Condition) -> Condition {
    match condition {
        Condition::Not(inner) => *inner,
        condition => Condition::Not(Box::new(condition)),
    }
}

fn not_if(is_negated: bool, condition: Condition) -> Condition {
    if is_negated { not(condition) } else { condition }
}

/// Whether `text` is a number that would be a time before 1973-03-03: rather a year, or a date without its hyphens.
fn is_early(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|seconds| seconds < 1e8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::input::filter::Filter;

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let wrong = |expression: &str| expression.parse::<Filter>().unwrap_err().to_string();
        assert_eq!(
            wrong("proto=tcp and port=70000"),
            "expected a port up to 65535 or a range such as 1-1023 at character 20, found '70000'; \
             write e.g. port=443, dport=1-1023,8080 or sport>=1024"
        );
        let subjects = "proto, port, sport, dport, time, src, dst, ip, private or public";
        let time = "a time such as 2026-01-01T00:00:00Z or 1767225600";
        let date = "a date such as 2012-01-01, or 100000000 seconds since 1970 or more";
        let members = "'in', 'not in', '=', 'private' or 'public'";
        for (expression, expected, at, found) in [
            ("", subjects, 1, "the end"),
            ("protö=tcp", subjects, 1, "'protö'"),
            ("proto=tcp,", "a protocol's name or its number up to 255", 11, "the end"),
            ("proto tcp", "'=', '!=', 'in' or 'not in'", 7, "'tcp'"),
            ("(port=1", "'and', 'or' or ')'", 8, "the end"),
            ("port=1)", "'and', 'or' or the end", 7, "')'"),
            ("port=1 proto=2", "'and', 'or' or the end", 8, "'proto'"),
            ("time=0", "'>=', '>', '<' or '<='", 5, "'='"),
            ("time>yesterday", time, 6, "'yesterday'"),
            ("time>2012", date, 6, "'2012'"),
            ("time<='20120101'", date, 7, "'20120101'"),
            ("time>-1.5", date, 6, "'-1.5'"),
            ("time>'2026", "the end of what is in quotes", 11, "the end"),
            ("src in 10.0.0/8", "a block such as 10.0.0.0/8 or an address", 8, "'10.0.0/8'"),
            ("src not 10.0.0.0/8", members, 5, "'not'"),
            ("dst", members, 4, "the end"),
            ("port=9-3", "a port up to 65535 or a range such as 1-1023", 6, "'9-3'"),
        ] {
            let message = wrong(expression);
            let start =
                format!("expected {expected} at character {at}, found {found}; write e.g. ");
            assert!(message.starts_with(&start), "{expression}: {message}");
        }
        assert!(wrong(&"not ".repeat(5000)).starts_with("expected fewer parentheses"));
    }

    #[test]
    fn spelling_and_precedence() {
        for (one, other) in [
            ("port=1 or port=2 and port=3", "port=1 or (port=2 and port=3)"),
            ("not port=1 and port=2", "(not port=1) and port=2"),
            (
                "NOT port=1 && ! src private",
                "port!=1 and src not in 192.168.0.0/16,172.16.0.0/12,10.0.0.0/8",
            ),
            ("public", "ip not private"),
            ("proto==TCP||proto=\"udp\"", "protocol in 6 or proto=17"),
            ("sport>1023", "sport=1024-65535"),
            ("time>100000000", "time>='1973-03-03 09:46:40.000000001'"),
            ("dst=10.0.0.1-10.0.0.2", "dst in 10.0.0.2/32, 10.0.0.1"),
        ] {
            assert_eq!(one.parse::<Filter>(), other.parse::<Filter>(), "{one}");
            assert!(one.parse::<Filter>().is_ok());
        }
    }

    proptest! {
        #[test]
        fn no_expression_panics(
            any in ".{0,30}",
            words in prop::collection::vec(prop::sample::select(
                &["not", "(", ")", "proto", "=", "tcp", "port", "src", "in", "10.0.0.0/8", ",", "time", ">=", "0", "and", "'", "é"][..],
            ), 0..12),
        ) {
            let _ = any.parse::<Filter>();
            let _ = words.concat().parse::<Filter>();
            let _ = words.join(" ").parse::<Filter>();
        }
    }
}
