//! `index --opnieuw`, `--terug`, `--bevestig` and `--stand`: the generations of the index; and the orders to remove
//! documents. Never reads a source.

use super::args::Index;
use super::exit::Failure;
use super::signals;
use crate::audit::Event;
use crate::generaties;
use crate::mensen::{Actor, Via};
use crate::motor::{self, MotorError};
use crate::state;
use crate::store::Store;
use crate::verwijderen::{Uitgevoerd, carry_out};
use crate::web::labels::{bytes, moment, number};
use serde_json::json;
use std::io::{self, Write};
use std::path::Path;
use zv_indexer::lock::StateLock;
use zv_indexer::rebuild::{RebuildError, rebuild};
use zv_indexer::run::RunError;
use zv_shared::index::IndexError;
use zv_shared::index::generations::GenerationError;
use zv_shared::index::settings::Motor;

/// How much a rebuild gives way to searching.
const NICE: i32 = 10;

/// Does what was asked of the generations; whether a run may follow.
pub fn run(state: &Path, options: &Index) -> Result<(), Failure> {
    let actor = Actor::local(Via::Opdracht);
    let mut out = io::stdout().lock();
    if options.terug {
        let bronnen = generaties::terug(state, &Store::open(state)?, &actor, options.toch)?;
        writeln!(out, "De vorige index wordt weer doorzocht.")?;
        for bron in bronnen {
            let bron = super::printable(&bron);
            writeln!(
                out,
                "Bron {bron} wordt opnieuw ingelezen zodra de server draait."
            )?;
        }
    } else if options.bevestig {
        generaties::bevestig(state, &Store::open(state)?, &actor)?;
        writeln!(out, "De vorige index is verwijderd.")?;
    } else if options.stand {
        tell(&mut out, state, options.json)?;
    } else if options.opnieuw {
        drop(out);
        anew(state, options)?;
    } else if let Some(motor) = options.verplaats {
        drop(out);
        moved(state, motor, options.json)?;
    } else if options.verwijder {
        let done = remove(state)?;
        writeln!(out, "{}", json!(done))?;
    }
    Ok(())
}

fn tell(out: &mut impl Write, state: &Path, as_json: bool) -> Result<(), Failure> {
    let stand = generaties::stand(state)?;
    if as_json {
        return Ok(writeln!(out, "{}", serde_json::to_string(&stand)?)?);
    }
    if stand.generaties.is_empty() {
        writeln!(out, "Er is nog geen index.")?;
    }
    for one in &stand.generaties {
        let documents = number(one.documenten);
        writeln!(
            out,
            "{:<8}{:<14}{documents:>12} documenten  {:>10}  programma {}{}",
            one.rol,
            one.naam,
            bytes(one.bytes),
            one.programma,
            match one.doorzoekbaar {
                true => "",
                false => "  (dit programma kan er niet in zoeken)",
            }
        )?;
    }
    if let Some(switched) = stand.gewisseld {
        let since = match stand.ingelezen_sinds {
            true => ", en daarna is er ingelezen",
            false => "",
        };
        writeln!(out, "Gewisseld op {}{since}.", moment(switched))?;
        writeln!(out, "Is de index goed? zoekenvind index --bevestig")?;
        writeln!(out, "Terug naar de vorige: zoekenvind index --terug")?;
    }
    if let Some(building) = &stand.in_aanbouw {
        let (done, all) = (number(building.documenten), number(building.totaal));
        writeln!(
            out,
            "Er wordt een nieuwe index gemaakt: {done} van {all} documenten."
        )?;
    }
    Ok(())
}

/// Carries out the orders to remove documents that were confirmed.
fn remove(state: &Path) -> Result<Vec<Uitgevoerd>, Failure> {
    let _lock = StateLock::take(state).map_err(RunError::from)?;
    let engine = motor::engine(state)?;
    engine.clean()?;
    Ok(carry_out(state, &Store::open(state)?, engine.as_ref())?)
}

/// Makes a new generation of the index. The lock is given back before a run takes it.
fn anew(state: &Path, options: &Index) -> Result<(), Failure> {
    let _lock = StateLock::take(state).map_err(RunError::from)?;
    let engine = motor::engine(state)?;
    // Who searches goes first; a system that does not allow it is only slower.
    let _ = rustix::process::nice(NICE);
    let folder = state::index_folder(state);
    let stop = signals::flag();
    let rebuilt = match rebuild(engine.as_ref(), &folder, &stop) {
        // Nothing to make anew; a run makes the first one.
        Err(RebuildError::Generation(GenerationError::Index(IndexError::Missing)))
            if options.map.is_some() =>
        {
            return Ok(());
        }
        result => result?,
    };
    if options.opdracht.is_none() {
        let actor = Actor::local(Via::Opdracht);
        let event = Event::done(&actor, "index.opnieuw", "", json!(rebuilt));
        Store::open(state)?.log(&event)?;
    }
    if options.json && options.map.is_none() {
        return Ok(writeln!(io::stdout(), "{}", json!(rebuilt))?);
    }
    let mut out = io::stderr();
    let documents = number(rebuilt.documents);
    writeln!(out, "De index is opnieuw gemaakt: {documents} documenten.")?;
    let again = rebuilt.without_text + rebuilt.not_understood;
    if again > 0 {
        writeln!(
            out,
            "{} daarvan leest de volgende run opnieuw uit de bron.",
            number(again)
        )?;
    }
    if rebuilt.refused > 0 {
        writeln!(
            out,
            "Let op: van {} daarvan nam de index de tekst niet op; ze zijn nu onleesbaar.",
            number(rebuilt.refused)
        )?;
    }
    writeln!(
        out,
        "De vorige is bewaard. Is de nieuwe goed: zoekenvind index --bevestig; terug: zoekenvind index --terug"
    )?;
    Ok(())
}

/// Moves the index to another engine. What is asked of it until the settings say so too, is refused.
fn moved(state: &Path, to: Motor, as_json: bool) -> Result<(), Failure> {
    let _lock = StateLock::take(state).map_err(RunError::from)?;
    let app = super::serve::app(state)?;
    let done = motor::verplaats(&app, to, &signals::flag());
    let done = done.map_err(|error| Failure::new(error.to_string()))?;
    let mut out = io::stdout().lock();
    if as_json {
        return Ok(writeln!(out, "{}", json!(done))?);
    }
    let documents = number(done.overgezet.documents);
    writeln!(
        out,
        "De index staat nu in {}: {documents} documenten.",
        done.naar
    )?;
    for (bron, count) in &done.per_bron {
        writeln!(
            out,
            "  {:<40}{:>12}",
            super::printable(bron),
            number(*count)
        )?;
    }
    writeln!(
        out,
        "{} zoekacties vinden er dezelfde documenten als in {}.",
        number(done.zoekacties),
        done.van
    )?;
    if done.niet_te_herhalen > 0 {
        let count = number(done.niet_te_herhalen);
        writeln!(
            out,
            "{count} zoekacties waren niet te herhalen: hun regels of lijsten zijn nu anders."
        )?;
    }
    writeln!(
        out,
        "Zet nu motor = \"{}\" in zoekenvind.toml en start de server opnieuw.",
        to.name()
    )?;
    Ok(())
}

impl From<MotorError> for Failure {
    fn from(error: MotorError) -> Self {
        match error {
            MotorError::Settings(error) => error.into(),
            MotorError::Index(error) => error.into(),
            MotorError::Elsewhere { .. } => Failure::usage(error.to_string()),
            MotorError::Io(..) => Failure::new(error.to_string()),
        }
    }
}

impl From<RebuildError> for Failure {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::Generation(GenerationError::Index(error)) => error.into(),
            RebuildError::Generation(error) => crate::store::StoreError::from(error).into(),
            RebuildError::Stopped => Failure::new(error.to_string()),
        }
    }
}
