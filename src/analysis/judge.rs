//! Judging: a threshold, the rules that need no model, and one pass that brings both together.

use std::ops::Range;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::{AnalysisError, Watcher};
use crate::address::{AddressSet, Blocks};
use crate::describe::census::Census;
use crate::describe::clusters::{Cluster, clusters};
use crate::describe::evidence::{Evidence, evidence};
use crate::describe::flagged::{Anomaly, Flagged, LISTED, RuleSummary};
use crate::describe::highest::{Highest, highest};
use crate::describe::newest::{NewAddress, Newest};
use crate::engine::{Engine, EngineError};
use crate::model::FitError;
use crate::model::any::Model;
use crate::model::estimate::Estimate;
use crate::model::scorer::{Score, Scorer};
use crate::rule::judge::Judge;
use crate::rule::prefix::Ascending;
use crate::rule::reason::Reasons;
use crate::rule::surprise::Surprise;
use crate::rule::threshold::{Threshold, percentile};
use crate::rule::{Context, Rule, Rules, Structure, fdr};

/// What makes an address odd, and how many of the odd ones are described.
#[derive(Debug, Clone, Copy)]
pub struct Criteria<'a> {
    /// Which log-density counts.
    pub score: Score,
    /// How low is too low.
    pub threshold: Threshold,
    /// The rules that flag addresses.
    pub rules: Rules,
    /// What is known of what addresses do.
    pub context: Context<'a>,
    /// Blocks whose addresses are never flagged.
    pub allowed: Option<&'a Blocks>,
    /// Whether the threshold stands for a share of the addresses of another day.
    pub is_share: bool,
    /// The most flagged addresses that are described.
    pub listed: usize,
}

impl Default for Criteria<'_> {
    /// All rules, and the 4 % of lowest log-density.
    fn default() -> Self {
        Self {
            score: Score::default(),
            threshold: Threshold::Percentile(4.0),
            rules: Rule::ALL.into_iter().collect(),
            context: Context::default(),
            allowed: None,
            is_share: false,
            listed: LISTED,
        }
    }
}

/// What a model and the rules say of a set.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The log-density strictly below which the rule `low-density` flags an address, in nats.
    pub threshold: f64,
    /// The clusters, one per component.
    pub clusters: Vec<Cluster>,
    /// What each rule flagged.
    pub rules: Vec<RuleSummary>,
    /// All flagged addresses, least dense first.
    pub flagged: Vec<u32>,
    /// Addresses that would be flagged if they were not allowed; `None` where none are allowed.
    pub suppressed: Option<u64>,
    /// The least dense of the flagged, least dense first, at most as many as are to be described.
    pub anomalies: Vec<Anomaly>,
    /// What rules that can flag nothing flagged, the most telling first, at most as many.
    pub findings: Vec<Anomaly>,
    /// All of them.
    pub finding_count: usize,
    /// What each of the first findings rests on.
    pub evidence: Vec<Vec<Evidence>>,
    /// Of what a ranking flags, the addresses of the most surprise.
    pub most_remote: Vec<Anomaly>,
    /// The addresses with the highest counters.
    pub highest: Vec<Highest>,
    /// Addresses that the earlier day has not seen, if one is known: the busiest, then the least expected.
    pub newest: Vec<NewAddress>,
    /// How long the threshold and the rules that need no model took.
    pub threshold_time: Duration,
    /// How long the sweep took, the watcher's work included.
    pub sweep_time: Duration,
}

impl Criteria<'_> {
    /// The rule that flags a share of any set, and so makes a ranking and no findings.
    pub fn ranking(&self) -> Option<Rule> {
        let is_share = matches!(self.threshold, Threshold::Percentile(_)) || self.is_share;
        is_share.then_some(Rule::LowDensity)
    }
}

/// The surprise of addresses, by position.
struct Bits<'a> {
    ascending: &'a Ascending<'a>,
    surprise: &'a Surprise,
    /// That of each address of a set in another order, which is small.
    unsorted: Option<Vec<f32>>,
}

impl<'a> Bits<'a> {
    fn new(ascending: &'a Ascending<'a>, surprise: &'a Surprise) -> Self {
        let mut bits = Self { ascending, surprise, unsorted: None };
        if !ascending.is_in_order() {
            let ranked = bits.of(0..ascending.addresses().len());
            let mut unsorted = vec![0.0; ranked.len()];
            let positions = (0..).map(|rank| ascending.position(rank) as usize);
            positions.zip(ranked).for_each(|(at, of_rank)| unsorted[at] = of_rank);
            bits.unsorted = Some(unsorted);
        }
        bits
    }

    /// That of the addresses at `positions`.
    fn of(&mut self, positions: Range<usize>) -> Vec<f32> {
        /// Addresses that a thread looks at together.
        const TOGETHER: usize = 1 << 12;
        if let Some(unsorted) = &self.unsorted {
            return unsorted[positions].to_vec();
        }
        let starts: Vec<usize> = positions.clone().step_by(TOGETHER).collect();
        let part = |start: usize| {
            let ranks = start..positions.end.min(start + TOGETHER);
            self.surprise.bits(self.ascending, ranks)
        };
        starts.into_par_iter().flat_map_iter(part).collect()
    }
}

/// Judges the addresses of `engine`, which are those of `set`, under `model`. What is drawn for a
/// threshold follows from `seed`.
pub(super) fn judge(
    set: &AddressSet,
    engine: &mut dyn Engine,
    model: &Model,
    criteria: &Criteria<'_>,
    seed: u64,
    watcher: &mut dyn Watcher,
) -> Result<Judged, AnalysisError> {
    let started = Instant::now();
    let scorer = model.scorer(criteria.score).map_err(FitError::from)?;
    let estimate = model.estimate();
    let threshold = threshold(criteria.threshold, &scorer, &estimate, engine, seed)?;
    let ascending = Ascending::new(set.addresses());
    let structure = Structure::new(set, &ascending, criteria.rules, &criteria.context);
    let surprise = Surprise::new(&ascending);
    let mut bits = Bits::new(&ascending, &surprise);
    let threshold_time = started.elapsed();

    let started = Instant::now();
    let low = criteria.rules.has(Rule::LowDensity).then_some(threshold);
    let judge = Judge { threshold: low, flags: &structure.flags };
    let mut census = Census::new(set, estimate.components());
    let mut newest = criteria.context.earlier.map(|earlier| Newest::new(set, earlier));
    let (mut rows, mut done) = (Vec::new(), 0);
    let mut suppressed = criteria.allowed.map(|_| 0);
    scorer.label(engine, &mut |addresses, labels| {
        rows.clear();
        rows.extend(judge.verdicts(done, labels));
        rows.iter_mut()
            .zip(bits.of(done..done + labels.len()))
            .for_each(|(row, bits)| row.surprise = bits);
        done += rows.len();
        if let (Some(allowed), Some(suppressed)) = (criteria.allowed, &mut suppressed) {
            for (row, &address) in rows.iter_mut().zip(addresses) {
                if !row.rules().is_empty() && allowed.contains(address) {
                    row.silence();
                    *suppressed += 1;
                }
            }
        }
        census.add(&rows);
        newest.iter_mut().for_each(|newest| newest.add(&rows));
        watcher.judged(&rows)
    })?;
    let (tallies, rows) = census.finish();
    let sizes: Vec<u64> = tallies.iter().map(|tally| tally.size).collect();
    let flagged = Flagged {
        rows,
        reasons: Reasons::new(&ascending, surprise, &structure, &estimate, &sizes)
            .counting(set.unit())
            .with_peers(criteria.context.conversations),
        rules: criteria.rules,
        ranking: criteria.ranking(),
        structure: &structure,
        context: criteria.context,
    };
    watcher.flagged(&flagged).map_err(EngineError::Sink)?;
    let findings = flagged.findings(set, criteria.listed);
    let Context { side, conversations, .. } = criteria.context;
    let sweep_time = started.elapsed();
    Ok(Judged {
        threshold,
        clusters: clusters(tallies, model.weights(), &model.means(), &flagged.rows),
        rules: flagged.by_rule(set),
        flagged: flagged.addresses(set),
        suppressed,
        anomalies: flagged.anomalies(set, criteria.listed),
        evidence: evidence(&findings, &structure, conversations, side),
        findings,
        finding_count: flagged.rows.iter().filter(|row| flagged.is_finding(row)).count(),
        most_remote: flagged.most_remote(set),
        highest: highest(set, &criteria.context),
        newest: newest.map(Newest::finish).unwrap_or_default(),
        threshold_time,
        sweep_time,
    })
}

/// The log-density strictly below which the addresses of `engine` are flagged, scored by `scorer` of
/// the mixture `estimate`.
pub(super) fn threshold(
    threshold: Threshold,
    scorer: &Scorer,
    estimate: &Estimate,
    engine: &mut dyn Engine,
    seed: u64,
) -> Result<f64, AnalysisError> {
    Ok(match threshold {
        Threshold::Percentile(q) => {
            percentile(q, engine.len(), |ranks| scorer.order_statistics(engine, ranks))?
                // Without a log-density there is no address to flag either.
                .unwrap_or(f64::NEG_INFINITY)
        }
        Threshold::Density(density) => density,
        Threshold::Fdr(q) => fdr::cut(q, scorer, estimate, seed, engine)?,
    })
}
