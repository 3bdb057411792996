//! Expressions of `--where`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use octomix_fuzz::input::Filter;

fuzz_target!(|expression: &str| {
    match expression.parse::<Filter>() {
        Ok(filter) => {
            // Deeper than is allowed it may be refused.
            if let Ok(same) = format!("({expression})").parse::<Filter>() {
                assert_eq!(same, filter, "parentheses change nothing");
            }
            assert!(!filter.subjects().is_empty());
            assert!(!filter.needs_facts() || filter.subjects() != "address");
        }
        Err(error) => {
            let end = expression.chars().count() + 1;
            assert!((1..=end).contains(&error.at), "character {} of {end}", error.at);
            let told = error.to_string();
            assert!(!told.contains('\n'), "an error of several lines: {told}");
        }
    }
});
