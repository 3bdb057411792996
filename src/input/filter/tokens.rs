//! The words and signs of an expression, and what is wrong with one.

use thiserror::Error;

/// An expression that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected {expected} at character {at}, found {found}; write e.g. {example}")]
pub struct FilterError {
    /// The character, from 1, at which the mistake is.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
    /// What was found there, safe to display.
    pub found: String,
    /// A correct expression.
    pub example: &'static str,
}

/// A word, or a sign such as `(` or `<=`; `at` is its first byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'e> {
    pub text: &'e str,
    pub at: usize,
    pub is_quoted: bool,
}

/// Tokens that are not words. Longer ones come before their prefixes.
const SIGNS: [&str; 15] =
    ["==", "!=", "<=", ">=", "&&", "||", "(", ")", ",", "=", "<", ">", "!", "&", "|"];

/// Splits `expression` into tokens.
///
/// # Errors
/// A quote that is not closed.
pub(super) fn tokens(expression: &str) -> Result<Vec<Token<'_>>, FilterError> {
    let mut tokens = Vec::new();
    let mut rest = expression;
    loop {
        rest = rest.trim_start();
        let at = expression.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        if first == '\'' || first == '"' {
            let Some((text, after)) = rest[1..].split_once(first) else {
                let expected = "the end of what is in quotes";
                let found = "the end".to_owned();
                let at = expression.chars().count() + 1;
                let example = "\"time>='2026-01-01 00:00'\"";
                return Err(FilterError { at, expected, found, example });
            };
            tokens.push(Token { text, at, is_quoted: true });
            rest = after;
            continue;
        }
        let sign = SIGNS.iter().find(|&&sign| rest.starts_with(sign));
        let len = sign.map_or_else(|| word_len(rest), |sign| sign.len());
        tokens.push(Token { text: &rest[..len], at, is_quoted: false });
        rest = &rest[len..];
    }
}

fn word_len(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || "()=!<>&|,'\"".contains(c);
    text.find(ends).unwrap_or(text.len())
}
