//! The progress of a run on a terminal: a line that moves; elsewhere a plain line now and then.

use crate::runs::Completeness;
use crate::web::labels::{bytes, count};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use zv_indexer::progress::{Phase, Progress};

/// How often a plain line is written.
const PLAIN: Duration = Duration::from_secs(30);

/// Shows the progress of the run in `state` on standard error until the other end of `ended` is gone.
pub fn show(state: &Path, ended: &Receiver<()>) {
    let terminal = std::io::stderr().is_terminal();
    let bar = if terminal {
        ProgressBar::new_spinner()
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} [{elapsed_precise}] {msg}") {
        bar.set_style(style);
    }
    let mut told = Instant::now();
    while ended.recv_timeout(Duration::from_millis(250)) == Err(RecvTimeoutError::Timeout) {
        let Completeness::Busy(progress) = Completeness::of(state) else {
            continue;
        };
        let line = line(&progress);
        if terminal {
            bar.set_message(line);
            bar.tick();
        } else if told.elapsed() >= PLAIN {
            told = Instant::now();
            // Progress that nobody hears is no reason to stop.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }
    bar.finish_and_clear();
}

fn line(progress: &Progress) -> String {
    if progress.fase == Phase::Tekstherkenning {
        return format!(
            "Tekstherkenning (OCR): {} van {}; de rest is al doorzoekbaar",
            progress.ocr_gedaan,
            count(progress.ocr_documenten, "bestand", "bestanden")
        );
    }
    if progress.fase == Phase::Ophalen {
        let seen = count(progress.opgehaald, "document", "documenten");
        return format!("Ophalen wat openbaar is: {seen} bekeken");
    }
    format!(
        "Inlezen: {} bekeken, {} gelezen, {}",
        count(progress.gezien, "bestand", "bestanden"),
        count(progress.documenten, "document", "documenten"),
        bytes(progress.bytes)
    )
}
