//! Results on their way to the disk, several at a time: it takes hardly longer for them than for one.
//!
//! What they are of is not known here. Each is complete or not there, as if it were alone.

use std::io;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use octomix::store::{Output, WriteError};

/// Results that are completed at a time. A run that is killed loses them: docs/reliability.md has what more would gain.
const AT_ONCE: usize = 4;

/// What a result is of, and whether it is complete.
type Ended<T> = (T, Result<(), WriteError>);

/// Threads that complete results. All that was handed over is complete once this is dropped.
pub struct Finishers<T> {
    todo: Option<SyncSender<(T, Output)>>,
    taken: Arc<Mutex<Receiver<(T, Output)>>>,
    told: Sender<Ended<T>>,
    ended: Receiver<Ended<T>>,
    threads: Vec<JoinHandle<()>>,
}

impl<T: Send + 'static> Finishers<T> {
    /// None yet: a thread is started for each result until there are as many as pay.
    pub fn new() -> Self {
        // No room: what waits to be written has open files too.
        let (todo, taken) = sync_channel::<(T, Output)>(0);
        let (told, ended) = channel();
        let taken = Arc::new(Mutex::new(taken));
        Self { todo: Some(todo), taken, told, ended, threads: Vec::new() }
    }

    /// Hands over the `output` of `of`, once one of the threads is free. Where there can be none, it is completed
    /// here.
    ///
    /// # Errors
    /// When all of them have failed.
    pub fn hand_over(&mut self, of: T, output: Output) -> io::Result<()> {
        if self.threads.len() < AT_ONCE {
            let (taken, told) = (self.taken.clone(), self.told.clone());
            let thread = Builder::new().name("octomix results".to_owned());
            self.threads.extend(thread.spawn(move || complete_all(&taken, &told)).ok());
        }
        let gone = || io::Error::other("the threads that write results have failed");
        let are_there = !self.threads.iter().all(JoinHandle::is_finished);
        match &self.todo {
            Some(todo) if are_there => todo.send((of, output)).map_err(|_| gone()),
            _ => self.told.send((of, output.complete())).map_err(|_| gone()),
        }
    }

    /// What has ended since this was last asked.
    pub fn ended(&self) -> Vec<Ended<T>> {
        self.ended.try_iter().collect()
    }

    /// Waits for all that was handed over.
    pub fn end(&mut self) -> Vec<Ended<T>> {
        self.todo = None;
        // A thread that has failed tells nothing of what it had.
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
        self.ended()
    }
}

impl<T> Drop for Finishers<T> {
    fn drop(&mut self) {
        self.todo = None;
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

fn complete_all<T>(taken: &Mutex<Receiver<(T, Output)>>, told: &Sender<Ended<T>>) {
    loop {
        // Held while it waits: whoever has it takes the next.
        let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((of, output)) = next else { return };
        if told.send((of, output.complete())).is_err() {
            return;
        }
    }
}
