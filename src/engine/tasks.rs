//! Tasks on all cores.

use rayon::prelude::*;

/// What `work` makes of each of `tasks`, in their order. A single task, or those of a single core, stay on this thread: a
/// pass over few addresses takes less time than handing it over.
pub(super) fn on_all_cores<Task: Send, Done: Send>(
    tasks: Vec<Task>,
    work: impl Fn(Task) -> Done + Sync + Send,
) -> Vec<Done> {
    if tasks.len() == 1 || rayon::current_num_threads() == 1 {
        return tasks.into_iter().map(work).collect();
    }
    tasks.into_par_iter().map(work).collect()
}
