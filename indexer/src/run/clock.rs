//! Writes progress twice a second and commits now and then, so that much can be searched soon and little is
//! lost. The only place that commits while a run goes on.

use super::context::Context;
use crate::account::value;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

const TICK: Duration = Duration::from_millis(500);

/// Runs until the sender of `ended` is gone.
pub(super) fn keep_time(context: &Context<'_>, ended: &Receiver<()>) {
    let (first, later) = context.settings.commit_times();
    let mut due = Instant::now() + first;
    let mut committed = 0;
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        context.tell(None);
        let written = value(&context.tally.written);
        if Instant::now() < due || written == committed || context.stopping() {
            continue;
        }
        committed = written;
        if let Err(error) = context.write.commit("onderweg") {
            context.fail(error.into());
        }
        due = Instant::now() + later;
    }
}
