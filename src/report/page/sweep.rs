//! The page of a sweep: what speaks for which number of clusters, drawn and as a table.

use std::io::{self, Write};

use askama::Template;

use super::chart::{self, Curve, number};
use super::frame::{Frame, Invocation};
use super::model::model_name;
use super::shell::Shell;
use crate::input::Role;
use crate::model::sweep::Row;
use crate::report::glossary::{Explained, Word};
use crate::report::summary::sweep::Sweep;
use crate::report::summary::{Summary, Timed};

/// Writes the page of the sweep that `summary` tells of.
///
/// # Errors
/// When `out` fails.
pub fn write_sweep(
    summary: &Summary<Timed<Sweep>>,
    invocation: &Invocation,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut explained = Explained::default();
    let section = |role| Some(SweepSection::new(role, &summary.role(role)?.found, &mut explained));
    let frame = Frame { summary, invocation };
    let page = SweepPage {
        shell: frame.shell(),
        frame,
        sections: Role::ALL.into_iter().filter_map(section).collect(),
    };
    page.write_into(&mut &mut *out).map_err(io::Error::other)
}

#[derive(Template)]
#[template(path = "sweep.html")]
struct SweepPage<'a> {
    shell: Shell,
    frame: Frame<'a, Timed<Sweep>>,
    sections: Vec<SweepSection<'a>>,
}

/// One role's part of the page.
struct SweepSection<'a> {
    key: &'static str,
    title: &'static str,
    sweep: &'a Sweep,
    model: String,
    charts: Vec<Figure>,
    /// The words of its table that the page has not explained before.
    words: Vec<Word>,
}

/// A chart, and the text above it.
struct Figure {
    title: &'static str,
    note: &'static str,
    svg: String,
}

impl<'a> SweepSection<'a> {
    fn new(role: Role, sweep: &'a Sweep, explained: &mut Explained) -> Self {
        let columns = match (sweep.has_evidence(), sweep.kind) {
            (true, _) => "lower bound, evidence, needed",
            (false, "kmeans") => "",
            _ => "lower bound",
        };
        let always = "used, knee, tightness, inertia, log-likelihood, BIC, AIC";
        Self {
            key: role.key(),
            title: role.title(),
            sweep,
            model: model_name(sweep.kind, sweep.covariance_type),
            charts: charts(sweep),
            words: explained.further(&format!("{always}, {columns}")),
        }
    }

    /// The number of clusters that each figure speaks for, if it does.
    fn choices(&self) -> [(&'static str, Option<usize>); 4] {
        [
            ("knee", self.sweep.knee),
            ("least BIC", self.sweep.least_bic()),
            ("least AIC", self.sweep.least_aic()),
            ("most evidence", self.sweep.by_evidence),
        ]
    }

    /// What speaks for a row, in words.
    fn speaks(&self, row: &Row<()>) -> String {
        let found = self.choices().into_iter().filter(|&(_, choice)| choice == Some(row.k));
        found.map(|(what, _)| what).collect::<Vec<_>>().join(", ")
    }

    fn is_knee(&self, row: &Row<()>) -> bool {
        self.sweep.knee == Some(row.k)
    }

    fn has_bound(&self) -> bool {
        self.sweep.rows.iter().any(|row| row.lower_bound.is_some())
    }

    fn whole(&self, value: &f64) -> String {
        number(*value, 1.0)
    }

    fn tightness(&self, row: &Row<()>) -> String {
        number(row.tightness, TIGHTNESS)
    }

    fn bound(&self, row: &Row<()>) -> String {
        row.lower_bound.map(|bound| number(bound, bound_digit(self.sweep))).unwrap_or_default()
    }

    fn evidence(&self, row: &Row<()>) -> String {
        row.evidence.map(|evidence| number(evidence, EVIDENCE)).unwrap_or_default()
    }
}

/// What the last digit of a tightness stands for, in octets.
const TIGHTNESS: f64 = 0.001;

/// What the last digit of an evidence stands for, in nats.
const EVIDENCE: f64 = 0.1;

/// What the last digit of a lower bound stands for, in nats.
fn bound_digit(sweep: &Sweep) -> f64 {
    10f64.powi(-(sweep.bound_decimals() as i32))
}

/// The charts of a sweep; none without a row.
fn charts(sweep: &Sweep) -> Vec<Figure> {
    let curve = |name, figure: fn(&Row<()>) -> Option<f64>, like, choice: Option<usize>, word| {
        let value = |row: &Row<()>| Some((row.k as f64, figure(row)?));
        let values = sweep.rows.iter().filter_map(value).collect();
        Curve { name, values, choice: choice.map(|k| (k, word)), like }
    };
    let knee = sweep.knee;
    let [bic, aic] = [sweep.least_bic(), sweep.least_aic()];
    let figures = [
        (
            "Tightness",
            "Mean distance to the nearest centre; past its knee more clusters gain little.",
            "octets",
            vec![curve("tightness", |row| Some(row.tightness), TIGHTNESS, knee, "knee")],
        ),
        (
            "Inertia",
            "Sum of squared distances to the nearest centre, with the knee of the tightness.",
            "squared octets",
            vec![curve("inertia", |row| Some(row.inertia), 1.0, knee, "knee")],
        ),
        (
            "BIC and AIC",
            "The fit, weighed against the number of its parameters. BIC solid, AIC dashed.",
            "less is better",
            vec![
                curve("BIC", |row| Some(row.bic), 1.0, bic, "least"),
                curve("AIC", |row| Some(row.aic), 1.0, aic, "least"),
            ],
        ),
        match sweep.has_evidence() {
            // Lower bounds of several numbers cannot be compared.
            true => (
                "Evidence",
                "By what -k auto chooses among the fits that need all their components; more is better.",
                "nats",
                vec![curve("evidence", |row| row.evidence, EVIDENCE, sweep.by_evidence, "most")],
            ),
            false => (
                "Lower bound",
                "What the fit maximises; it grows with every cluster.",
                "nats",
                vec![curve("lower bound", |row| row.lower_bound, bound_digit(sweep), None, "")],
            ),
        },
    ];
    let figure = |(title, note, unit, curves)| {
        let label = format!("{title} by the number of clusters");
        Figure { title, note, svg: chart::elbow(&label, unit, curves) }
    };
    figures.into_iter().map(figure).filter(|figure| !figure.svg.is_empty()).collect()
}
