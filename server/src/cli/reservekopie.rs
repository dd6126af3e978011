//! `reservekopie`: a copy of the state, checked, and put back. Never changes the state that is copied.

use super::args::{KopieMap, Reservekopie, ReservekopieDoet};
use super::exit::Failure;
use super::{printable, state_folder};
use crate::mensen::{Actor, Via};
use crate::reservekopie::{Card, check, make, restore};
use crate::web::labels::{bytes, count, moment};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Does it.
pub fn run(state: Option<&Path>, options: &Reservekopie) -> Result<ExitCode, Failure> {
    match &options.doet {
        ReservekopieDoet::Maak(copy) => {
            let card = make(
                &Actor::local(Via::Opdracht),
                &state_folder(state)?,
                &copy.map,
            )?;
            tell(copy, &card, "gemaakt", None)?;
        }
        ReservekopieDoet::Controleer(copy) => tell(copy, &check(&copy.map)?, "in orde", None)?,
        ReservekopieDoet::Terug(copy) => {
            let restored = restore(&copy.map, &state_folder(state)?)?;
            tell(
                copy,
                &restored.card,
                "teruggezet",
                Some(restored.searchable),
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(copy: &KopieMap, card: &Card, done: &str, searchable: Option<bool>) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    if copy.json {
        let told = json!({"map": copy.map.display().to_string(), "uitkomst": done, "kopie": card,
            "doorzoekbaar": searchable});
        writeln!(out, "{told}")?;
        return Ok(());
    }
    writeln!(
        out,
        "Reservekopie van {} {done}: {}, {}, in {}",
        moment(card.begonnen),
        count(card.bestanden, "bestand", "bestanden"),
        bytes(card.bytes),
        printable(&copy.map.display().to_string()),
    )?;
    writeln!(out, "Hoofd van het auditspoor daarin: {}", card.auditspoor)?;
    if searchable == Some(false) {
        writeln!(
            out,
            "De index is er niet bij of is van een andere versie; zie: zoekenvind index --opnieuw"
        )?;
    }
    Ok(())
}
