//! From the arguments to what will be fitted: defaults that depend on the model, files to start
//! from, and a refusal of what does not go together.

use nalgebra::Matrix4;
use octomix::analysis;
use octomix::input::Role;
use octomix::model::any::Model;
use octomix::model::any::Params;
use octomix::model::init::StartParameters;
use octomix::model::kmeans::Seeding;
use octomix::model::params::{BayesianMixture, GaussianMixture};
use octomix::report::study::{StudyError, told_of_plan};
use octomix::store::model::{Loaded, WeightedBy};
use octomix::{Covariance, Init, KMeans, ParamError, Priors, Search};

use super::Failure;
use super::role::Desk;
use super::start_file::{Labels, StartFile};
use crate::cli::{Components, ModelArgs, ModelKind};
use crate::memory;

/// What to fit to each role's addresses.
#[derive(Debug)]
pub struct Plan {
    /// How, with the most components.
    pub params: Params,
    /// Whether to fit with as many components as prove to be needed.
    pub auto: bool,
    /// The clusters to start from, of addresses.
    pub labels: Option<Labels>,
    /// What an address counts.
    pub weighted_by: WeightedBy,
}

fn usage<T>(message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Usage(message.into()))
}

impl Plan {
    /// The plan of `args`; reads the file to start from, if there is one.
    ///
    /// # Errors
    /// When options do not go together, or that file cannot be used.
    pub fn new(args: &ModelArgs) -> Result<Self, Failure> {
        let warm = args.start.warm_start.as_deref().map(Loaded::read).transpose()?;
        let covariance = args.covariance.unwrap_or(Covariance::Full);
        let read = |path| StartFile::read(path, covariance);
        let start = args.start.init_file.as_deref().map(read).transpose()?;
        let kind = args.model.unwrap_or(match &warm {
            Some(Loaded { model: Model::KMeans(_), .. }) => ModelKind::Kmeans,
            Some(Loaded { model: Model::Mixture(estimate), .. })
                if estimate.posterior.is_none() =>
            {
                ModelKind::Gaussian
            }
            _ => ModelKind::Bayesian,
        });
        let given = match (&warm, &start) {
            (Some(loaded), _) => Some(loaded.file.weights.len()),
            (None, Some(start)) => start.components(),
            (None, None) => None,
        };
        if let (Some(Components::Auto(_)), Some(given)) = (args.components, given) {
            return usage(format!("-k auto chooses, but the start has {given}; leave -k out"));
        }
        let components =
            args.components.unwrap_or(given.map_or(Components::Auto(None), Components::Exactly));
        let most = components.most(kind);
        let (params, labels) = match kind {
            ModelKind::Kmeans => kmeans(args, most, warm, start)?,
            _ => mixture(args, kind, most, warm, start)?,
        };
        Ok(Self {
            params,
            auto: matches!(components, Components::Auto(_)),
            labels,
            weighted_by: args.weight,
        })
    }

    /// About how many bytes a fit of so many components takes beside the addresses. Up to some hundred components it
    /// is nothing.
    fn needs(&self, components: usize) -> u64 {
        let (k, threads) = (components as u64, rayon::current_num_threads() as u64);
        let [of_kmeans, of_mixture] = OF_A_COMPONENT;
        let (each, starts, is_search) = match &self.params {
            Params::KMeans(params) => (of_kmeans, params.n_init, false),
            Params::Mixture(params) => match params.search {
                Search::MergeSplit(_) => (of_mixture, 1, true),
                Search::Restarts => (of_mixture, params.restarts(), false),
            },
        };
        let of_pairs = if is_search { OF_A_PAIR.saturating_mul(k) } else { 0 };
        let of_starts = OF_A_START.saturating_mul(starts as u64);
        let each = of_pairs.saturating_add(of_starts).saturating_add(each + OF_A_THREAD * threads);
        k.saturating_mul(each)
    }

    /// Refuses what there is no memory for: fits to the addresses of `role` that have so many `components` together.
    ///
    /// # Errors
    /// When there is none.
    pub fn check_memory(&self, role: Role, components: usize) -> Result<(), Failure> {
        let fits = memory::fits(self.needs(components));
        fits.map_err(|reason| Failure::Memory { role, components, reason })
    }

    /// What to fit to the addresses of `desk`, which may be too few for all components.
    ///
    /// # Errors
    /// When there is no memory for it, or the clusters to start from are not those of the addresses.
    pub fn for_desk(&self, desk: &mut Desk<'_>) -> Result<analysis::Plan, Failure> {
        let (auto, role, set) = (self.auto, desk.role, desk.set);
        self.check_memory(role, self.params.components().min(set.len()))?;
        if let (Some(labels), Params::Mixture(params)) = (&self.labels, &self.params) {
            let init = Init::Labels(labels.of(set.addresses())?);
            let params = (**params).clone().into_inner().init(init).check();
            let failed = |reason: ParamError| StudyError::Fit { role, reason: reason.into() };
            return Ok(analysis::Plan { params: params.map_err(failed)?.into(), auto });
        }
        let plan = analysis::Plan { params: self.params.clone(), auto };
        desk.warn(told_of_plan(role, &plan, set.len()));
        Ok(plan.within(set.len()))
    }
}

/// Bytes of a component of a whole run, most of them for its portrait on the page: of K-Means, of a mixture.
const OF_A_COMPONENT: [u64; 2] = [10_000, 20_000];
/// Bytes of a component in each start.
const OF_A_START: u64 = 2_000;
/// Bytes of a component in each thread: its statistics, four times.
const OF_A_THREAD: u64 = 600;
/// Bytes of a pair of components, in a search that looks at all of them.
const OF_A_PAIR: u64 = 32;

type Planned = (Params, Option<Labels>);

fn kmeans(
    args: &ModelArgs,
    clusters: usize,
    warm: Option<Loaded>,
    start: Option<StartFile>,
) -> Result<Planned, Failure> {
    let of_mixtures = [
        (args.covariance.is_some(), "--covariance"),
        (args.reg_covar.is_some(), "--reg-covar"),
        (matches!(args.search, Some(Search::MergeSplit(_))), "--search merge-split"),
        (args.budget.is_some(), "--budget"),
    ];
    let given = of_mixtures.into_iter().find_map(|(given, option)| given.then_some(option));
    if let Some(option) = given.or(args.priors.given()) {
        return usage(format!("{option} is of mixtures; leave it out with --model kmeans"));
    }
    let seeding = match (warm, start, &args.start.init) {
        (Some(Loaded { model: Model::KMeans(partition), .. }), ..) => {
            Seeding::Centres(partition.centres)
        }
        (Some(_), ..) => {
            return usage("--warm-start with --model kmeans takes a model of kind kmeans");
        }
        (_, Some(StartFile::Parameters(StartParameters { means: Some(means), .. })), _) => {
            Seeding::Centres(means)
        }
        (_, Some(_), _) => return usage("--init-file with --model kmeans takes JSON with means"),
        (.., None | Some(Init::KMeansPlusPlus)) => Seeding::PlusPlus,
        (.., Some(Init::Random)) => Seeding::Random,
        (.., Some(init)) => {
            let init = if *init == Init::KMeans { "kmeans" } else { "random-from-data" };
            return usage(format!(
                "--init {init} is of mixtures; kmeans takes k-means++ or random"
            ));
        }
    };
    let mut params = KMeans::params(clusters).seeding(seeding);
    params.n_init = args.n_init as usize;
    params.max_iter = args.max_iter.map_or(params.max_iter, |n| n as usize);
    params.tol = args.tol.unwrap_or(params.tol);
    params.seed = args.seed;
    let params = params.check().map_err(|mistake| Failure::Usage(mistake.to_string()))?;
    Ok((params.into(), None))
}

fn mixture(
    args: &ModelArgs,
    kind: ModelKind,
    components: usize,
    warm: Option<Loaded>,
    start: Option<StartFile>,
) -> Result<Planned, Failure> {
    let mut params = match kind {
        ModelKind::Bayesian => BayesianMixture::params(components).priors(priors(args)?),
        _ => GaussianMixture::params(components),
    };
    if let (ModelKind::Gaussian, Some(option)) = (kind, args.priors.given()) {
        return usage(format!("{option} is of the Bayesian mixture; use --model bayesian"));
    }
    params.covariance = match (args.covariance, &warm) {
        (Some(asked), _) => asked,
        (None, Some(Loaded { model: Model::Mixture(estimate), .. })) => estimate.covariance,
        (None, _) => Covariance::Full,
    };
    let mut labels = None;
    params.init = match (warm, start, &args.start.init) {
        (Some(Loaded { model: Model::Mixture(estimate), .. }), ..) => {
            Init::Warm(Box::new(estimate))
        }
        (Some(_), ..) => return usage("--warm-start of a mixture takes a model of a mixture"),
        (_, Some(StartFile::Parameters(parameters)), _) => Init::Parameters(parameters),
        (_, Some(StartFile::Labels(given)), _) => {
            labels = Some(given);
            Init::KMeans // replaced once the addresses are known
        }
        (.., init) => init.clone().unwrap_or(Init::KMeans),
    };
    let usual = if labels.is_some() { Search::Restarts } else { params.best_search() };
    params.search = search(args, usual, params.init == Init::KMeans && labels.is_none())?;
    params.n_init = args.n_init as usize;
    params.max_iter = args.max_iter.map_or(params.max_iter, |n| n as usize);
    params.tol = args.tol;
    params.reg_covar = args.reg_covar.unwrap_or(params.reg_covar);
    params.seed = args.seed;
    let params = params.check().map_err(|mistake| Failure::Usage(mistake.to_string()))?;
    Ok((params.into(), labels))
}

/// The search asked for, or else the `usual` one.
fn search(args: &ModelArgs, usual: Search, free_start: bool) -> Result<Search, Failure> {
    match args.search {
        Some(Search::MergeSplit(_)) if !free_start => usage(
            "--search merge-split makes its own starts; leave out the other start, or use --search restarts",
        ),
        asked if matches!(asked.unwrap_or(usual), Search::MergeSplit(_)) => {
            Ok(Search::MergeSplit(args.budget))
        }
        _ if args.budget.is_some() => usage("--budget is of --search merge-split"),
        _ => Ok(Search::Restarts),
    }
}

fn priors(args: &ModelArgs) -> Result<Priors, Failure> {
    let given = &args.priors;
    let mean = match &given.mean_prior {
        None => None,
        Some(numbers) => match numbers.0.as_slice().try_into() {
            Ok(mean) => Some(mean),
            Err(_) => return usage("--mean-prior takes four octets, for example 10,0,0,1"),
        },
    };
    let covariance = match given.covariance_prior.as_ref().map(|numbers| numbers.0.as_slice()) {
        None => None,
        Some(&[variance]) => Some(Matrix4::from_diagonal_element(variance)),
        Some(&[a, b, c, d]) => Some(Matrix4::from_diagonal(&[a, b, c, d].into())),
        Some(entries) if entries.len() == 16 => Some(Matrix4::from_row_slice(entries)),
        Some(_) => return usage("--covariance-prior takes 1, 4 or 16 numbers"),
    };
    Ok(Priors {
        weights: given.weight_prior.unwrap_or_default(),
        weight_concentration: given.weight_concentration,
        mean_precision: given.mean_precision,
        mean,
        degrees_of_freedom: given.degrees_of_freedom,
        covariance,
    })
}
