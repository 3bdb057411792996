//! How a search for better optima went: the steps that were kept.

/// What led to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// EM from K-Means.
    KMeans,
    /// EM from small clusters, merged by the bound.
    Agglomeration,
    /// Two components merged, a third split.
    MergeSplit,
    /// Two components merged and split anew.
    Resplit,
    /// EM to `tol`, which ends every search.
    Finish,
}

impl Kind {
    /// Its name, for people and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::KMeans => "kmeans",
            Self::Agglomeration => "agglomeration",
            Self::MergeSplit => "merge-split",
            Self::Resplit => "resplit",
            Self::Finish => "finish",
        }
    }
}

/// A step of the search that was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// What it was.
    pub kind: Kind,
    /// The components concerned, numbered as they were before; of a merge and split the two merged,
    /// then the one split; otherwise none.
    pub components: Vec<usize>,
    /// The lower bound before, in nats; negative infinity before the start.
    pub before: f64,
    /// The lower bound after.
    pub after: f64,
    /// Address-component evaluations spent so far.
    pub evaluations: f64,
}

/// How a search went.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The steps that led to the fit, each with a higher bound than the last.
    pub moves: Vec<Move>,
    /// Address-component evaluations spent.
    pub evaluations: f64,
    /// Address-component evaluations allowed.
    pub budget: f64,
}
