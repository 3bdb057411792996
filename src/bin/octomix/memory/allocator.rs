//! The system's allocator with a limit.
//!
//! An allocator may neither panic nor return an error that anyone handles: what it cannot give ends the program. It
//! does so in order, and only where a large allocation asks, because a small one may be asked for with a lock held
//! that the end needs.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering};
use std::time::Duration;

use octomix::store::abandon;

/// Bytes of an allocation that is counted, and checked, by itself.
const LARGE: usize = 1 << 16;
/// Bytes of smaller ones that a thread counts for itself: a shared counter would slow all of them.
const UNTOLD: isize = 1 << 12;

static USED: AtomicIsize = AtomicIsize::new(0);
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
/// Whether the program is ending for want of memory.
static ENDING: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// What this thread has yet to add to `USED`. What it never adds is little.
    static SMALL: Cell<isize> = const { Cell::new(0) };
    static ENDS: Cell<bool> = const { Cell::new(false) };
}

/// Why an allocation is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It would pass this limit.
    Limit(usize),
    /// The system refuses it.
    System,
}

/// The allocator.
#[derive(Debug)]
pub struct Counted;

/// Sets the limit.
pub fn limit(bytes: usize) {
    LIMIT.store(bytes, Ordering::Relaxed);
}

/// The limit.
pub fn limited() -> usize {
    LIMIT.load(Ordering::Relaxed)
}

/// Bytes in use, but for a few KiB a thread.
pub fn used() -> usize {
    usize::try_from(USED.load(Ordering::Relaxed)).unwrap_or(0)
}

#[inline]
fn count(change: isize) {
    if change.unsigned_abs() >= LARGE {
        USED.fetch_add(change, Ordering::Relaxed);
        return;
    }
    // A thread that ends has no counter any more.
    let _ = SMALL.try_with(|small| {
        let sum = small.get() + change;
        let is_told = sum.abs() >= UNTOLD;
        small.set(if is_told { 0 } else { sum });
        if is_told {
            USED.fetch_add(sum, Ordering::Relaxed);
        }
    });
}

/// Ends the program if `more` bytes of an allocation of `size` would pass the limit.
#[inline]
fn check(size: usize, more: usize) {
    if size >= LARGE && used().saturating_add(more) > limited() {
        end(Why::Limit(limited()), more);
    }
}

// SAFETY: every call goes to the system's allocator as it is, or does not return.
unsafe impl GlobalAlloc for Counted {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size(), layout.size());
        given(unsafe { System.alloc(layout) }, 0, layout.size())
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size(), layout.size());
        given(unsafe { System.alloc_zeroed(layout) }, 0, layout.size())
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(at, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        check(size, size.saturating_sub(layout.size()));
        given(unsafe { System.realloc(at, layout, size) }, layout.size(), size)
    }
}

/// What the system gave, `after` bytes in place of those `before`, which is counted.
#[inline]
fn given(at: *mut u8, before: usize, after: usize) -> *mut u8 {
    if at.is_null() {
        end(Why::System, after - before.min(after));
    }
    count(after as isize - before as isize);
    at
}

/// Ends the program, which needs `size` bytes more.
#[cold]
#[inline(never)]
fn end(why: Why, size: usize) -> ! {
    let used = used();
    if ENDING.swap(true, Ordering::SeqCst) {
        // Nothing is left even to say so.
        if ENDS.try_with(Cell::get).unwrap_or(true) {
            std::process::abort();
        }
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    let _ = ENDS.try_with(|ends| ends.set(true));
    limit(usize::MAX);
    // Should another thread hold what is waited for below, the process ends all the same.
    #[cfg(unix)]
    // SAFETY: a call without arguments in memory.
    unsafe {
        libc::alarm(10);
    }
    super::tell(&super::refusal(why, size, used));
    abandon(|| {
        // Without the handlers of drivers, which may wait for this very thread.
        #[cfg(unix)]
        // SAFETY: it does not return.
        unsafe {
            libc::_exit(1)
        }
    })
}
