//! `gebruiker`: accounts. From the first one on, everybody logs in and searches in a case. Never shows a password that
//! somebody chose.

use super::args::{Gebruiker, GebruikerDoet};
use super::exit::Failure;
use crate::mensen::{Actor, Rol, Via};
use crate::store::{Store, StoreError};
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Does it.
pub fn run(state: &Path, options: &Gebruiker) -> Result<ExitCode, Failure> {
    let store = Store::open(state)?;
    let actor = Actor::local(Via::Opdracht);
    let mut out = std::io::stdout().lock();
    match &options.doet {
        GebruikerDoet::Maak {
            inlognaam,
            naam,
            rol,
        } => {
            let password = password()?;
            let roles = rol.iter().copied().collect();
            let name = naam.as_deref().unwrap_or(inlognaam);
            let account = store.add_account(inlognaam, name, &password, &roles, &actor)?;
            writeln!(
                out,
                "Account gemaakt: {} ({})",
                account.inlognaam, account.id
            )?;
        }
        GebruikerDoet::Lijst => {
            for account in store.accounts()? {
                let roles: Vec<&str> = account
                    .rollen
                    .iter()
                    .map(|role: &Rol| role.label())
                    .collect();
                let off = if account.uit { ", uit" } else { "" };
                let line = format!(
                    "{}  {}  {} ({}{off})",
                    account.id,
                    account.inlognaam,
                    account.naam,
                    roles.join(", ")
                );
                writeln!(out, "{}", super::printable(&line))?;
            }
        }
        GebruikerDoet::Wachtwoord { inlognaam } => {
            store.set_password(inlognaam, &password()?, &actor)?;
            writeln!(out, "Het wachtwoord is gewijzigd.")?;
        }
        GebruikerDoet::Uit { inlognaam } => {
            store.switch_off(inlognaam, &actor)?;
            writeln!(out, "{inlognaam} kan niet meer inloggen.")?;
        }
        GebruikerDoet::Vergeet { inlognaam, reden } => {
            let missing = StoreError::Missing("deze inlognaam bestaat niet");
            let account = store.account_named(inlognaam)?.ok_or(missing)?;
            let pseudonym = store.forget(&actor, &account.id, reden)?;
            writeln!(out, "De naam is gewist; dit account heet nu {pseudonym}.")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The password, from the first line of standard input.
fn password() -> Result<String, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        writeln!(
            std::io::stderr(),
            "Typ het wachtwoord (het is te zien) en druk op Enter:"
        )?;
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
