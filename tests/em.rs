//! The iterations of the models, watched through an engine that counts its runs.

mod common;

use std::ops::ControlFlow;

use common::counting::Counting;
use common::list;
use octomix::model::params::MixtureParams;
use octomix::model::{FitError, ParamError, Stage, Stop, sweep};
use octomix::pass::{Expectation, Lloyd};
use octomix::{BayesianMixture, GaussianMixture, KMeans, Priors, unobserved};

#[test]
fn restarts_share_runs_and_leave_when_they_are_done() {
    let addresses = list("tutorial_dst.txt");
    let mut engine = Counting::new(&addresses);
    // Of maximum likelihood: nothing follows the iterations.
    let params = GaussianMixture::params(5).check().unwrap();
    let fit = params.fit(&mut engine, &mut unobserved).unwrap();
    // One run an iteration serves exactly the restarts that still iterate.
    let iterations: Vec<usize> = fit.restarts.iter().map(|r| r.lower_bounds.len()).collect();
    let longest = iterations.iter().copied().max().unwrap();
    let expected: Vec<usize> =
        (0..longest).map(|i| iterations.iter().filter(|&&n| n > i).count()).collect();
    assert_eq!(engine.sets::<Expectation>(), expected);
    assert_eq!(expected[0], 10);
    assert!(expected[longest - 1] < 10, "all restarts took {longest} iterations");
    let lloyd = engine.sets::<Lloyd>();
    assert!(lloyd[0] == 10 && lloyd.is_sorted_by(|a, b| a >= b), "{lloyd:?}");
    assert!(fit.restarts.iter().all(|r| r.stop == Stop::Converged));
}

#[test]
fn the_best_restart_ends_in_the_order_of_descending_mass() {
    let addresses = list("tutorial_dst.txt");
    let mut engine = Counting::new(&addresses);
    let params = BayesianMixture::params(5).check().unwrap();
    let fit = params.fit(&mut engine, &mut unobserved).unwrap();
    assert!(fit.estimate.weights.is_sorted_by(|a, b| a >= b), "{:?}", fit.estimate.weights);
    // Over-large steps apart, which there are none of, EM only rises; and so does the sorting.
    for restart in &fit.restarts {
        let rises = restart.lower_bounds.windows(2).all(|pair| pair[1] >= pair[0] - 1e-6);
        assert!(rises, "{:?}", restart.lower_bounds);
    }
}

#[test]
fn an_observer_can_stop_a_fit_at_every_stage() {
    let addresses = list("tutorial_src.txt");
    let params = BayesianMixture::params(3).check().unwrap();
    for stage in [Stage::Seeding, Stage::KMeans, Stage::Mixture] {
        let mut engine = Counting::new(&addresses);
        let stopped = params.fit(&mut engine, &mut |progress| {
            if progress.stage == stage { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(FitError::Interrupted)), "{stage:?}");
        assert_eq!(engine.sets::<Expectation>().len(), usize::from(stage == Stage::Mixture));
    }
}

#[test]
fn mistakes_are_told_before_anything_runs() {
    let told = |addresses: &[u32], params: &MixtureParams| {
        let mut engine = Counting::new(addresses);
        let fit = |engine: &mut Counting<'_>| -> Result<_, FitError> {
            params.clone().check()?.fit(engine, &mut unobserved)
        };
        let failed = fit(&mut engine);
        assert!(engine.runs.is_empty());
        failed.unwrap_err().to_string()
    };
    let params = BayesianMixture::params;
    assert_eq!(told(&[], &params(1)), "there are no addresses to fit to");
    assert_eq!(
        told(&[1], &params(2)),
        "2 components were asked for, but there are only 1 distinct addresses; ask for at most 1"
    );
    assert_eq!(told(&[1], &params(0)), "the number of components is 0; at least 1 is needed");
    assert_eq!(told(&[1], &params(1).tol(-1.0)), "tol is -1; it must be 0 or more");
    assert_eq!(told(&[1], &params(1).n_init(0)), "n_init is 0; at least 1 restart is needed");
    let no_number = params(1).reg_covar(f64::NAN);
    assert_eq!(
        told(&[1], &no_number),
        "reg_covar is NaN; it must be 0, or from 1e-12 to 65536 squared octets"
    );
    let no_degrees = Priors { degrees_of_freedom: Some(3.0), ..Priors::default() };
    assert_eq!(
        told(&[1], &params(1).priors(no_degrees)),
        "the degrees of freedom prior is 3.0; it must be more than 3, and at most 2^32"
    );
    let flat = Priors { covariance: Some(nalgebra::Matrix4::zeros()), ..Priors::default() };
    assert_eq!(
        told(&[1], &params(1).priors(flat)),
        "the covariance prior is not symmetric and positive definite"
    );

    let many = Priors { degrees_of_freedom: Some(1e308), ..Priors::default() };
    assert_eq!(
        told(&[1], &params(1).priors(many)),
        "the degrees of freedom prior is 1e308; it must be more than 3, and at most 2^32"
    );
    let narrow = nalgebra::Matrix4::identity() * 1e-300;
    let narrow = Priors { covariance: Some(narrow), ..Priors::default() };
    assert_eq!(
        told(&[1], &params(1).priors(narrow)),
        "the covariance prior has the variance 1e-300; variances must be from 1e-12 to 2^48"
    );
    let far = Priors { mean: Some([0.0, 1e300, 0.0, 0.0]), ..Priors::default() };
    assert_eq!(
        told(&[1], &params(1).priors(far)),
        "the mean prior holds 1e300; it must be four numbers from -512 to 512"
    );
    assert_eq!(
        told(&[1], &params(1).reg_covar(1e-300)),
        "reg_covar is 1e-300; it must be 0, or from 1e-12 to 65536 squared octets"
    );

    assert_eq!(KMeans::params(0).check().unwrap_err(), ParamError::NoComponents);
}

#[test]
fn all_numbers_of_clusters_share_runs() {
    let addresses = list("tutorial_dst.txt");
    let (ks, n_init) = ([1, 2, 5], 4);
    let mut engine = Counting::new(&addresses);
    // Of maximum likelihood: nothing follows the iterations.
    let params = GaussianMixture::params(1).n_init(n_init).max_iter(30).check().unwrap();
    let rows = sweep::mixtures(&mut engine, &params, &ks, &mut unobserved).unwrap();
    let longest = rows
        .iter()
        .flat_map(|row| &row.fit.restarts)
        .map(|course| course.lower_bounds.len())
        .max()
        .unwrap();
    let expectation = engine.sets::<Expectation>();
    // Restarts with one component start alike, and one of them runs.
    assert_eq!(expectation[0], (ks.len() - 1) * n_init + 1);
    // One run an iteration, and one for the likelihoods of the best.
    assert_eq!((expectation.len(), expectation.last()), (longest + 1, Some(&ks.len())));
    assert_eq!(engine.sets::<Lloyd>()[0], ks.len() * n_init);

    let mut engine = Counting::new(&addresses);
    let params = KMeans::params(1).n_init(n_init).check().unwrap();
    sweep::kmeans(&mut engine, &params, &ks, &mut unobserved).unwrap();
    assert_eq!(engine.sets::<Lloyd>()[0], ks.len() * n_init);
}
