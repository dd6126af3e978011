//! Indexing real government files from cold to searchable, against Recoll with Dutch stemming (Debian's
//! recollcmd with its helpers: poppler-utils, antiword, unrtf, …), on the same files in turn.
//!
//! `ZOEKENVIND_CORPUS=/path/to/files cargo run --release -p zv-benches --bin recoll [ROUNDS]`

use anyhow::Result;
use std::fs;
use std::process::Command;
use zv_benches::{Finished, bytes_below, folder_from, program, run};

fn main() -> Result<()> {
    let corpus = folder_from("ZOEKENVIND_CORPUS")?;
    let rounds = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(3);
    let work = tempfile::tempdir()?;
    let mut ratios = Vec::new();
    for round in 1..=rounds {
        let state = work.path().join(format!("zv-{round}"));
        let ours = run(Command::new(program()?)
            .arg("--staat")
            .arg(&state)
            // Recoll reads no scans either.
            .args(["index", "--json", "--zonder-ocr"])
            .arg(&corpus))?;
        show("zoekenvind", &ours, bytes_below(&state)?);
        if round == 1 {
            println!("{}", ours.output.trim());
        }

        let config = work.path().join(format!("recoll-{round}"));
        fs::create_dir_all(&config)?;
        let settings = format!(
            "topdirs = {}\nindexstemminglanguages = dutch\nloglevel = 1\n",
            corpus.display()
        );
        fs::write(config.join("recoll.conf"), settings)?;
        let theirs = run(Command::new("recollindex")
            .arg("-c")
            .arg(&config)
            .env("RECOLL_TMPDIR", work.path()))?;
        show(
            "recollindex",
            &theirs,
            bytes_below(&config.join("xapiandb"))?,
        );
        ratios.push(theirs.seconds / ours.seconds);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "times as fast as Recoll (min, median, max): {:.2} {:.2} {:.2}",
        ratios[0],
        ratios[ratios.len() / 2],
        ratios[ratios.len() - 1]
    );
    Ok(())
}

fn show(name: &str, finished: &Finished, index_bytes: u64) {
    println!(
        "{name}: {:.1} s, {:.0} MiB anonymous, {:.0} MB on disk",
        finished.seconds,
        finished.anonymous_mib,
        index_bytes as f64 / 1e6
    );
}
