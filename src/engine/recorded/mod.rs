//! An engine whose answers are kept, so that a run that was killed goes on where it stopped.
//!
//! A fit is a function of what the engine answers: seeds are drawn and decisions made on the host, the same each time.
//! So what a fit has reached is known from the answers so far, each a few sums, whatever the model and wherever in a
//! search it is. A run that goes on asks the same questions, is answered from the [`Record`] up to its end, and by the
//! engine from there.
//!
//! Not kept are what is as large as the set (labels) and what costs next to nothing (samples). Where a record comes
//! from is not known here.

mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::wire::{Put, Question, Wire};
use super::host::{Far, RandomStream};
use super::{Arithmetic, Engine, EngineError, Host, Run, Sink};
use crate::address::{OCTETS, Points};
use crate::pass::expectation::{ExpectationStats, SoftMoments};
use crate::pass::label::Label;
use crate::pass::moments::MomentsStats;
use crate::pass::{Centres, Density, Expectation, Lloyd, Mixture, Moments, Pass};

/// What an engine was asked and has answered, in order.
pub trait Record: Send {
    /// The answer to the next question, if it has been asked before.
    ///
    /// # Errors
    /// When another question was asked here.
    fn earlier(&mut self, question: u128) -> Result<Option<Vec<u64>>, EngineError>;

    /// Keeps the answer to the question that [`earlier`](Self::earlier) had none to.
    ///
    /// # Errors
    /// When that cannot be done.
    fn keep(&mut self, question: u128, answer: Vec<u64>) -> Result<(), EngineError>;
}

/// A record that the engines of several sets add to, one after the other.
pub type Recorder = Arc<Mutex<dyn Record>>;

/// An engine that keeps what it answers, and answers what is kept without computing it.
pub struct RecordedEngine<'a> {
    engine: Box<dyn Engine + 'a>,
    record: Recorder,
}

impl<'a> RecordedEngine<'a> {
    /// Keeps the answers of `engine`, which is over `points`, in `record`.
    ///
    /// # Errors
    /// When the record goes on with another set.
    pub fn new(
        engine: Box<dyn Engine + 'a>,
        points: &Points<'_>,
        record: Recorder,
    ) -> Result<Self, EngineError> {
        let mut question = Question::new("set");
        question.bytes(bytemuck::cast_slice(points.addresses()));
        question.bytes(bytemuck::cast_slice(points.weights().unwrap_or_default()));
        let mut recorded = Self { engine, record };
        recorded.answer(question, |_| Ok(0u64))?;
        Ok(recorded)
    }

    fn record(&self) -> MutexGuard<'_, dyn Record + 'static> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to `question`, by an earlier run or by `compute`.
    fn answer<T: Wire>(
        &mut self,
        question: Question,
        compute: impl FnOnce(&mut (dyn Engine + 'a)) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let question = question.finish();
        if let Some(words) = self.record().earlier(question)? {
            let damaged = || EngineError::Other("an answer in the checkpoint is damaged".into());
            return wire::read(&words).ok_or_else(damaged);
        }
        let answer = compute(&mut *self.engine)?;
        // What follows a failure depends on when it came: a run that goes on asks the engine again.
        if self.engine.trouble().is_none() {
            self.record().keep(question, wire::words(&answer))?;
        }
        Ok(answer)
    }
}

macro_rules! recorded {
    ($($pass:ident),*) => {$(
        impl Run<$pass> for RecordedEngine<'_> {
            fn run(
                &mut self,
                params: &[<$pass as Pass>::Params],
            ) -> Result<Vec<<$pass as Pass>::Stats>, EngineError> {
                let question = Question::of(stringify!($pass), params);
                self.answer(question, |engine| Run::<$pass>::run(engine, params))
            }
        }
    )*};
}

recorded!(Moments, Lloyd, Expectation);

impl Host for RecordedEngine<'_> {
    fn len(&self) -> usize {
        self.engine.len()
    }

    fn total(&self) -> u64 {
        self.engine.total()
    }

    fn at(&mut self, indices: &[usize]) -> Result<Vec<u32>, EngineError> {
        self.engine.at(indices)
    }

    fn spread(&mut self, k: usize, random: RandomStream) -> Result<Vec<u32>, EngineError> {
        let question = Question::of("spread", &[k as u64, random.seed, random.stream]);
        self.answer(question, |engine| engine.spread(k, random))
    }

    fn draw(&mut self, k: usize, random: RandomStream) -> Result<Vec<u32>, EngineError> {
        self.engine.draw(k, random)
    }

    fn sample(&mut self, most: usize, random: RandomStream) -> Result<Vec<u32>, EngineError> {
        self.engine.sample(most, random)
    }

    fn farthest(
        &mut self,
        centres: &Centres,
        points: &[[f64; OCTETS]],
        most: usize,
    ) -> Result<Vec<Far>, EngineError> {
        let mut question = Question::of("farthest", points);
        centres.put(&mut question);
        (most as u64).put(&mut question);
        self.answer(question, |engine| engine.farthest(centres, points, most))
    }

    fn tightness(&mut self, centres: &Centres) -> Result<f64, EngineError> {
        let question = Question::of("tightness", std::slice::from_ref(centres));
        self.answer(question, |engine| engine.tightness(centres))
    }

    fn random_moments(
        &mut self,
        k: usize,
        random: RandomStream,
    ) -> Result<Vec<SoftMoments>, EngineError> {
        let question = Question::of("random moments", &[k as u64, random.seed, random.stream]);
        self.answer(question, |engine| engine.random_moments(k, random))
    }

    fn labelled_moments(&mut self, labels: &[u32], k: usize) -> Result<MomentsStats, EngineError> {
        let mut question = Question::of("labelled moments", labels);
        (k as u64).put(&mut question);
        self.answer(question, |engine| engine.labelled_moments(labels, k))
    }
}

impl Engine for RecordedEngine<'_> {
    fn label(&mut self, density: &Density, sink: &mut Sink<'_, Label>) -> Result<(), EngineError> {
        self.engine.label(density, sink)
    }

    fn order_statistics(
        &mut self,
        density: &Density,
        ranks: &[u64],
    ) -> Result<Vec<f64>, EngineError> {
        let mut question = Question::of("order statistics", ranks);
        density.put(&mut question);
        self.answer(question, |engine| engine.order_statistics(density, ranks))
    }

    fn expectation_in_doubles(
        &mut self,
        mixtures: &[Mixture],
    ) -> Result<Vec<ExpectationStats>, EngineError> {
        let question = Question::of("expectation in doubles", mixtures);
        self.answer(question, |engine| engine.expectation_in_doubles(mixtures))
    }

    fn assign(&mut self, centres: &Centres, sink: &mut Sink<'_, u32>) -> Result<(), EngineError> {
        self.engine.assign(centres, sink)
    }

    fn over<'b>(&self, points: Points<'b>) -> Box<dyn Engine + 'b> {
        self.engine.over(points)
    }

    fn arithmetic(&self) -> Arithmetic {
        self.engine.arithmetic()
    }

    fn trouble(&self) -> Option<&EngineError> {
        self.engine.trouble()
    }

    fn description(&self) -> String {
        self.engine.description()
    }
}

impl fmt::Debug for RecordedEngine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedEngine")
            .field("engine", &self.description())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::CpuEngine;
    use crate::model::any::{Fit, Params};
    use crate::synthetic::{Shape, Synthetic};
    use crate::{BayesianMixture, GaussianMixture, Init, KMeans, Search, unobserved};

    /// A record in memory that knows how many answers it gave.
    #[derive(Default)]
    struct Kept {
        answers: Vec<(u128, Vec<u64>)>,
        next: usize,
    }

    impl Record for Kept {
        fn earlier(&mut self, question: u128) -> Result<Option<Vec<u64>>, EngineError> {
            let Some((of, answer)) = self.answers.get(self.next) else { return Ok(None) };
            self.next += 1;
            match *of == question {
                true => Ok(Some(answer.clone())),
                false => Err(EngineError::Other("another question".into())),
            }
        }

        fn keep(&mut self, question: u128, answer: Vec<u64>) -> Result<(), EngineError> {
            self.answers.push((question, answer));
            self.next = self.answers.len();
            Ok(())
        }
    }

    fn fit(params: &Params, points: &Points<'_>, kept: &Arc<Mutex<Kept>>) -> Result<Fit, String> {
        let engine = Box::new(CpuEngine::new(points.clone()));
        let mut engine =
            RecordedEngine::new(engine, points, kept.clone()).map_err(|e| e.to_string())?;
        let mut fit =
            params.fit(&mut engine, &mut unobserved).map_err(|error| error.to_string())?;
        fit.number(&mut engine).map_err(|error| error.to_string())?;
        Ok(fit)
    }

    #[test]
    fn a_fit_that_is_cut_anywhere_goes_on_to_the_same_end() {
        let addresses: Vec<u32> =
            Synthetic::new(Shape::Mixed, 3_000, 5).expect("a size").iter().collect();
        let points = Points::new(&addresses);
        let plain = BayesianMixture::params(4).n_init(2).seed(3);
        let mixtures = [
            plain.clone(),
            plain.clone().search(Search::MergeSplit(None)),
            plain.init(Init::Random),
            GaussianMixture::params(3).n_init(2),
        ];
        let kmeans = Params::from(KMeans::params(9).check().expect("they hold"));
        let mixtures = mixtures.map(|params| Params::from(params.check().expect("they hold")));
        for params in mixtures.into_iter().chain([kmeans]) {
            let whole = Arc::new(Mutex::new(Kept::default()));
            let expected = fit(&params, &points, &whole).expect("a fit");
            let answers = std::mem::take(&mut whole.lock().expect("one thread").answers);
            assert!(answers.len() > 8, "{}", answers.len());
            for cut in [0, 1, answers.len() / 3, answers.len() / 2, answers.len()] {
                let kept = Kept { answers: answers[..cut].to_vec(), next: 0 };
                let kept = Arc::new(Mutex::new(kept));
                let found = fit(&params, &points, &kept).expect("a fit");
                assert_eq!(found.model(), expected.model(), "{cut} of {}", answers.len());
                assert_eq!(found.lower_bounds(), expected.lower_bounds());
                assert!(kept.lock().expect("one thread").answers == answers);
            }
        }
    }

    #[test]
    fn another_set_is_refused() {
        let (one, other) = ([1, 2, 3, 4, 5], [1, 2, 3, 4, 6]);
        let params = Params::from(KMeans::params(2).check().expect("they hold"));
        let kept = Arc::new(Mutex::new(Kept::default()));
        fit(&params, &Points::new(&one), &kept).expect("a fit");
        kept.lock().expect("one thread").next = 0;
        assert_eq!(
            fit(&params, &Points::new(&other), &kept).err().as_deref(),
            Some("another question")
        );
    }
}
