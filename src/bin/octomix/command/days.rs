//! One day beside another: what is kept of the day that a model is fitted to, and what has changed
//! since.

use std::path::Path;

use octomix::address::Blocks;
use octomix::analysis::Scored;
use octomix::behaviour::{Activities, Conversations, Earlier, Side};
use octomix::input::{Capture, Role};
use octomix::report::csv::{write_changes, write_pairs};
use octomix::report::summary::changes::{Changes, Since, WeightChange};
use octomix::report::summary::pairs::PairsSummary;
use octomix::rule::{Context, pairs};
use octomix::store::behaviour::{self, Day, DayError};
use octomix::store::model::Loaded;
use octomix::store::roaring;
use octomix::store::seen::{FLAGGED, SEEN, Seen};
use octomix::store::{Origin, Output, WriteError};
use octomix::words::shown_path;

use super::detect::MODELS;
use super::models::{folder_of, model_file};
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
    folder_of(path).map_or(Ok(None), |folder| behaviour::read(&folder.join(behaviour::SEEN)))
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

/// What has changed since the day that was `seen` and to which `loaded`, one of the `models`, was fitted: in the
/// addresses, in those that are flagged, and in the weights of clusters. Writes changes.csv.
///
/// # Errors
/// When a file cannot be written.
pub fn changes(
    desk: &mut Desk<'_>,
    models: &Path,
    seen: &Seen,
    loaded: &Loaded,
    Scored { judged, weights }: &Scored,
) -> Result<Changes, WriteError> {
    let name = desk.file("changes.csv");
    let mut file = desk.output.create(&name)?;
    let (newest, flagged) = (judged.newest.clone(), &judged.flagged);
    let (addresses, newly_flagged) = write_changes(seen, desk.set, newest, flagged, &mut file)
        .map_err(|error| file.failed(&error))?;
    desk.output.keep(&name, file)?;
    let file = model_file(models, desk.role);
    let (day, model) = (name_of_day(&file), shown_path(&file));
    let fitted = folder_of(models).and_then(|folder| Origin::of(&folder, MODELS));
    let pairs = loaded.file.weights.iter().zip(weights).enumerate();
    let weights = pairs.map(|(cluster, (&then, &now))| WeightChange { cluster, then, now });
    let (since, weights) = (Since { day, model, fitted }, weights.collect());
    Ok(Changes { since, addresses, weights, newly_flagged, missing: seen.missing() })
}

/// What the day of the `model` is called: the folder of the results to which it belongs.
fn name_of_day(model: &Path) -> String {
    let of_role = |folder: &Path| Role::ALL.iter().any(|role| folder.ends_with(role.key()));
    let name = || {
        let model = model.canonicalize().ok()?;
        let folder = model.parent()?;
        let folder = if of_role(folder) { folder.parent()? } else { folder };
        Some(shown_path(Path::new(folder.file_name()?)))
    };
    name().unwrap_or_else(|| "the day of the model".to_owned())
}

/// Tells if pairs were asked for and there is none.
pub fn warn_of_pairs(run: &mut Run) {
    if run.pairs.is_none() {
        run.console.warn(
            "no pairs: no record has both sides, or --behaviour is off or approximate".to_owned(),
        );
    }
}
