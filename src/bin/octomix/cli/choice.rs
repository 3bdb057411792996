//! Options that take one of a few names, each of which stands for a value of the library.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// A value, its name, and what `--help` says about it.
pub type Choice<T> = (T, &'static str, &'static str);

/// A parser that takes the name of one of `choices`.
pub fn one_of<T: Clone + Send + Sync>(
    choices: &'static [Choice<T>],
) -> impl TypedValueParser<Value = T> {
    let names = choices.iter().map(|&(_, name, help)| PossibleValue::new(name).help(help));
    PossibleValuesParser::new(names).try_map(|given| {
        let found = choices.iter().find(|(_, name, _)| *name == given);
        found.map(|(value, ..)| value.clone()).ok_or("there is no such choice")
    })
}
