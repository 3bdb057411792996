//! pairs.csv: the flagged pairs of a source and a destination.

use std::io::{self, Write};

use super::quoted::quoted;
use crate::address::dotted;
use crate::behaviour::{Conversations, MOST_RECORDS};
use crate::report::summary::pairs::FlaggedPair;
use crate::rule::pairs::Pair;

/// Services of a pair that are named.
const NAMED: usize = 16;

/// Writes `pairs` of `conversations`.
///
/// # Errors
/// When `out` fails.
pub fn write_pairs(
    pairs: &[Pair],
    conversations: &Conversations,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "source,destination,records,services,answered,rule,surprise,reason")?;
    for pair in pairs {
        let between = conversations.between(pair.source, pair.destination);
        let records: u32 = between.iter().map(|one| one.records()).sum();
        // Beyond so many they are not counted.
        let records =
            if records < MOST_RECORDS { records.to_string() } else { format!("{MOST_RECORDS}+") };
        let asked = between.iter().map(|one| one.service()).filter(|service| service.is_asked());
        let mut services: Vec<String> = asked.map(|service| service.to_string()).collect();
        if services.len() > NAMED {
            let more = services.len() - NAMED;
            services.truncate(NAMED);
            services.push(format!("and {more} more"));
        }
        let answered = match conversations.has_answers() {
            true => between.iter().any(|one| one.is_answered()).to_string(),
            false => String::new(),
        };
        let FlaggedPair { rule, reason, .. } = FlaggedPair::new(pair);
        writeln!(
            out,
            "{},{},{records},{},{answered},{rule},{},{}",
            dotted(pair.source),
            dotted(pair.destination),
            quoted(&services.join(" ")),
            pair.surprise,
            quoted(&reason)
        )?;
    }
    Ok(())
}
