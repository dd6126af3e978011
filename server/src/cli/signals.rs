//! Ctrl-C and its like. The first one asks for a clean end, the second ends at once. A server that was started without a
//! terminal does not end when one goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};

/// Waits for Ctrl-C, for the terminal to go, or for the system asking the program to end.
pub async fn wait() {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        () = ended() => {}
        _ = hangup.recv() => {}
    }
}

/// The same for a server: that a terminal goes, or that somebody asks it to read its settings again, does not end it.
pub async fn wait_serving() {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return std::future::pending().await;
    };
    let hear = async {
        while hangup.recv().await.is_some() {
            tracing::warn!(
                "SIGHUP: a new certificate is taken up by itself; other settings count after a restart"
            );
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = ended() => {}
        () = hear => {}
    }
}

/// Waits until the system asks the program to end.
async fn ended() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        // Then the system's own way of ending stays.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// A flag that is set by the first signal, for work that looks at it now and then.
pub fn flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        else {
            return;
        };
        runtime.block_on(async {
            wait().await;
            set.store(true, Ordering::Relaxed);
            wait().await;
            end_at_once();
        });
    });
    flag
}

/// The index survives this: what was not committed is simply read again.
#[expect(clippy::exit, reason = "the user asked twice")]
fn end_at_once() {
    std::process::exit(1);
}
