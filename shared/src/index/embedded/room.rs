//! Backpressure by bytes: a writer waits until the texts that tantivy still holds are few enough.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Bytes of text that may wait to be indexed.
#[derive(Clone, Debug)]
pub struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    free: Mutex<u64>,
    freed: Condvar,
    all: u64,
}

/// Bytes in use; given back when dropped.
#[derive(Debug)]
pub struct Taken {
    room: Room,
    bytes: u64,
}

impl Room {
    /// Room for `all` bytes.
    pub fn new(all: u64) -> Self {
        Room(Arc::new(Inner {
            free: Mutex::new(all),
            freed: Condvar::new(),
            all,
        }))
    }

    /// Waits for `bytes`; what is larger than everything waits for everything.
    pub fn take(&self, bytes: u64) -> Taken {
        let bytes = bytes.min(self.0.all);
        let mut free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            free = self
                .0
                .freed
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Taken {
            room: self.clone(),
            bytes,
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        *self
            .room
            .0
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.room.0.freed.notify_all();
    }
}
