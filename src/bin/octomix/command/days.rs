//! One day beside another: what is kept of the day that a model is fitted to, and what has changed
//! since.

use std::path::{Path, PathBuf};

use octomix::address::Blocks;
use octomix::behaviour::{Activities, Conversations, Earlier, Side};
use octomix::input::{Capture, Role};
use octomix::report::csv::{write_changes, write_pairs};
use octomix::report::summary::changes::{Changes, WeightChange};
use octomix::report::summary::pairs::PairsSummary;
use octomix::rule::prefix::Ascending;
use octomix::rule::{Context, pairs};
use octomix::store::behaviour::{self, Day, DayError};
use octomix::store::model::Loaded;
use octomix::store::roaring;
use octomix::store::seen::{FLAGGED, SEEN, Seen};
use octomix::store::{Output, WriteError};

use super::role::Desk;
use super::run::Run;

/// Writes which addresses the role has, and which of them are `flagged`, for the days to come.
///
/// # Errors
/// When a file cannot be written.
pub fn keep(desk: &mut Desk<'_>, flagged: &[u32]) -> Result<(), WriteError> {
    let (seen, marked) = (desk.file(SEEN), desk.file(FLAGGED));
    desk.output.write(&seen, |out| roaring::write(desk.set.addresses(), out))?;
    desk.output.write(&marked, |out| roaring::write(flagged, out))
}

/// Writes what the addresses of all roles did, for the days to come.
///
/// # Errors
/// When the file cannot be written.
pub fn keep_behaviour(output: &mut Output, capture: &Capture) -> Result<(), WriteError> {
    if capture.sets.iter().all(|(_, set)| set.activities().sums().is_empty()) {
        output.remove(behaviour::SEEN);
        return Ok(());
    }
    output.write(behaviour::SEEN, |out| behaviour::write(capture, out))
}

/// The file of pairs.
pub const PAIRS: &str = "pairs.csv";

/// Looks for pairs that do not belong together and are not `allowed`, beside an `earlier` day if there is one.
/// Writes pairs.csv.
///
/// # Errors
/// When the file cannot be written.
pub fn pairs(
    output: &mut Output,
    capture: &Capture,
    earlier: Option<&Conversations>,
    allowed: Option<&Blocks>,
) -> Result<Option<PairsSummary>, WriteError> {
    let Some(conversations) = &capture.conversations else {
        output.remove(PAIRS);
        return Ok(None);
    };
    let mut flagged = pairs::find(conversations, earlier);
    if let Some(allowed) = allowed {
        flagged
            .retain(|pair| !allowed.contains(pair.source) && !allowed.contains(pair.destination));
    }
    output.write(PAIRS, |out| write_pairs(&flagged, conversations, out))?;
    let all = conversations.distinct_pairs().len();
    Ok(Some(PairsSummary::new(all, &flagged, earlier.is_some())))
}

/// What is known of what the addresses of `role` do.
pub fn context(capture: &Capture, role: Role) -> Context<'_> {
    Context {
        side: side(role),
        conversations: capture.conversations.as_ref(),
        destinations: Some(&capture.sets.destination),
        earlier: None,
    }
}

fn side(role: Role) -> Side {
    match role {
        Role::Source => Side::Source,
        Role::Destination => Side::Destination,
        Role::Any => Side::Either,
    }
}

/// What is kept beside the models at `path` of what addresses did.
///
/// # Errors
/// When it cannot be read.
pub fn day(path: &Path) -> Result<Option<Day>, DayError> {
    let beside = match path.is_dir() {
        true => Some(path.to_path_buf()),
        // A bare name has no parent.
        false => {
            path.canonicalize().ok().and_then(|path| Some(path.parent()?.parent()?.to_path_buf()))
        }
    };
    beside.map_or(Ok(None), |beside| behaviour::read(&beside.join(behaviour::SEEN)))
}

/// The addresses of `role` on the day that was `seen`, so many, and what they did; `None` if neither is known.
///
/// # Errors
/// When what they did belongs to another fit.
pub fn earlier(
    seen: &Seen,
    day: Option<&Day>,
    role: Role,
    all: usize,
) -> Result<Option<Earlier>, DayError> {
    let sums = day.map(|day| day.sums.get(role).clone()).unwrap_or_default();
    if !sums.is_empty() && sums.len() != all {
        return Err(DayError::OfAnotherFit { found: sums.len(), expected: all });
    }
    let addresses: Vec<u32> = match &seen.addresses {
        Some(seen) => seen.iter().collect(),
        None if sums.is_empty() => return Ok(None),
        None => sums.iter().map(|sum| sum.address).collect(),
    };
    let activities = day.filter(|_| !sums.is_empty()).map(|day| {
        let ties = day.conversations.ties(side(role));
        Activities::new(&addresses, sums, Some(ties))
    });
    Ok(Some(Earlier::new(addresses, activities.unwrap_or_default())))
}

/// Where the model of `role` is, of those at `path`.
pub fn model_file(path: &Path, role: Role) -> PathBuf {
    if !path.is_dir() {
        return path.to_path_buf();
    }
    let file = path.join(role.key()).join("model.json");
    if file.exists() { file } else { path.join("model.json") }
}

/// What has changed since the day that was `seen` and `loaded`'s model was fitted to: in the addresses, in
/// those that are `flagged`, and in the `weights` of clusters. Writes changes.csv.
///
/// # Errors
/// When a file cannot be written.
pub fn changes(
    desk: &mut Desk<'_>,
    seen: &Seen,
    loaded: &Loaded,
    flagged: &[u32],
    weights: &[f64],
) -> Result<Changes, WriteError> {
    let pairs = loaded.file.weights.iter().zip(weights).enumerate();
    let weights = pairs.map(|(cluster, (&then, &now))| WeightChange { cluster, then, now });
    let name = desk.file("changes.csv");
    let mut file = desk.output.create(&name)?;
    let ascending = Ascending::new(desk.set.addresses());
    let changes = write_changes(seen, ascending.addresses(), flagged, weights.collect(), &mut file)
        .map_err(|error| file.failed(&error))?;
    desk.output.keep(&name, file)?;
    Ok(changes)
}

/// Tells if pairs were asked for and there is none.
pub fn warn_of_pairs(run: &mut Run) {
    if run.pairs.is_none() {
        run.console.warn(
            "no pairs: no record has both sides, or --behaviour is off or approximate".to_owned(),
        );
    }
}
