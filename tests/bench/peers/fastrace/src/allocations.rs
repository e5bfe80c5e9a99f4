// SPDX-License-Identifier: Apache-2.0
//! Counts what each thread allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ops::{AddAssign, Sub};

#[derive(Clone, Copy, Default)]
pub struct Count {
    pub calls: u64,
    pub bytes: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.calls += other.calls;
        self.bytes += other.bytes;
    }
}

impl Sub for Count {
    type Output = Count;
    fn sub(self, other: Count) -> Count {
        Count { calls: self.calls - other.calls, bytes: self.bytes - other.bytes }
    }
}

thread_local! {
    static OWN: Cell<Count> = const { Cell::new(Count { calls: 0, bytes: 0 }) };
}

pub fn of_this_thread() -> Count {
    OWN.get()
}

struct Counting;

fn count(bytes: usize) {
    let mut own = OWN.get();
    own += Count { calls: 1, bytes: bytes as u64 };
    OWN.set(own);
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        System.alloc(layout)
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        System.alloc_zeroed(layout)
    }
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        System.realloc(old, layout, size)
    }
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        System.dealloc(old, layout)
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
