//! Several devices over one set. Batches are ranges of ascending addresses, and the devices take turns at
//! them, whatever their speed. All work at the same time, each through its own batches. Their results are
//! taken in the order of the batches, as one device would give them, so the number of devices changes no
//! byte, as long as they compute alike.
//!
//! A device waits where it is two batches ahead of what was taken: the host keeps few results.

use std::sync::mpsc::sync_channel;
use std::{io, mem, thread};

use super::batch::Stored;
use super::kernels::Kernel;
use super::launch::{Dispatch, Launcher};
use crate::engine::EngineError;

/// Which of `all` batches belong to each of `devices` devices: those whose turn is its own.
pub(super) fn shares(
    all: usize,
    devices: usize,
) -> impl Iterator<Item = impl Iterator<Item = usize> + Clone> {
    (0..devices).map(move |device| (device..all).step_by(devices))
}

/// Runs the `dispatches` of all batches, which are `stored`, of `kernel` with blocks of `block` components, on
/// all devices, and hands the results of each to `take` in the order of the batches.
///
/// # Errors
/// When a device fails, or `take` does: once what comes before was taken.
pub(super) fn run<T: Send, Dispatches: IntoIterator<Item = Dispatch<T>>>(
    launchers: &mut [Launcher],
    kernel: &Kernel,
    block: usize,
    stored: &[&Stored<'_>],
    dispatches: impl Fn(&Launcher, usize) -> Dispatches + Sync,
    mut take: impl FnMut(T, Vec<u32>) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let dispatches = &dispatches;
    // Where batches are fewer, the first devices have one each, as by turns.
    let devices = launchers.len().min(stored.len().max(1));
    let launchers = match &mut launchers[..devices] {
        [] => return Err(EngineError::DeviceLost("there is none".into())),
        [only] => {
            let take = |_, what, results| take(what, results);
            return only.run(kernel, block, stored, 0..stored.len(), dispatches, take);
        }
        several => several,
    };
    thread::scope(|scope| {
        let mut receivers = Vec::with_capacity(devices);
        for (launcher, mine) in launchers.iter_mut().zip(shares(stored.len(), devices)) {
            let (sender, receiver) = sync_channel(1);
            receivers.push(receiver);
            let work = move || {
                // The batch that is worked on, and its results so far.
                let (mut current, mut done) = (None, Vec::new());
                let collect = |batch, what, results| {
                    if current.replace(batch).is_some_and(|current| current != batch) {
                        // Nobody listens once another device, or `take`, has failed.
                        let sent = sender.send(Ok(mem::take(&mut done)));
                        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
                    }
                    done.push((what, results));
                    Ok(())
                };
                let worked = launcher.run(kernel, block, stored, mine, dispatches, collect);
                let _ = sender.send(worked.map(|()| done));
            };
            let spawned = thread::Builder::new().spawn_scoped(scope, work);
            spawned.map_err(|error| EngineError::Other(Box::new(error)))?;
        }
        for receiver in receivers.iter().cycle().take(stored.len()) {
            // Every batch has addresses, hence results. A thread that sends none has panicked, and the scope
            // passes that on.
            let Ok(results) = receiver.recv() else { break };
            results?.into_iter().try_for_each(|(what, results)| take(what, results))?;
        }
        Ok(())
    })
}
