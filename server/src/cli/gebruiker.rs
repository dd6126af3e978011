//! `gebruiker`: accounts. From the first one on, everybody logs in and searches in a case. Never shows a password that
//! somebody chose.

use super::args::{Gebruiker, GebruikerDoet};
use super::exit::Failure;
use crate::mensen::tokens::Token;
use crate::mensen::{Actor, Rol, Via};
use crate::store::Store;
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
        GebruikerDoet::Rol { inlognaam, rol } => {
            let roles = rol.iter().copied().collect();
            store.set_roles(&actor, &id(&store, inlognaam)?, &roles)?;
            writeln!(out, "De rollen van {inlognaam} zijn gewijzigd.")?;
        }
        GebruikerDoet::Wachtwoord { inlognaam } => {
            let id = id(&store, inlognaam)?;
            store.set_password(&actor, &id, &password()?)?;
            writeln!(out, "Het wachtwoord is gewijzigd.")?;
        }
        GebruikerDoet::Uit { inlognaam } => {
            store.switch_account(&actor, &id(&store, inlognaam)?, false)?;
            writeln!(out, "{inlognaam} kan niet meer inloggen.")?;
        }
        GebruikerDoet::Aan { inlognaam } => {
            store.switch_account(&actor, &id(&store, inlognaam)?, true)?;
            writeln!(out, "{inlognaam} kan weer inloggen.")?;
        }
        GebruikerDoet::Tokens { inlognaam } => {
            for token in store.tokens(&id(&store, inlognaam)?)? {
                writeln!(out, "{}", super::printable(&token_line(&token)))?;
            }
        }
        GebruikerDoet::TrekIn { nummer } => {
            store.withdraw_token(&actor, *nummer)?;
            writeln!(out, "Token {nummer} is ingetrokken.")?;
        }
        GebruikerDoet::TweedeStapWeg { inlognaam } => {
            store.drop_second_step(&actor, &id(&store, inlognaam)?)?;
            writeln!(out, "{inlognaam} heeft geen tweede stap meer.")?;
        }
        GebruikerDoet::Vergeet { inlognaam, reden } => {
            let pseudonym = store.forget(&actor, &id(&store, inlognaam)?, reden)?;
            writeln!(out, "De naam is gewist; dit account heet nu {pseudonym}.")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn token_line(token: &Token) -> String {
    let scope: Vec<&str> = token.bereik.iter().map(|one| one.name()).collect();
    let state = match token.ingetrokken {
        Some(_) => "ingetrokken".to_owned(),
        None => format!("tot {}", token.verloopt),
    };
    format!(
        "{}  {} ({}) {state}",
        token.nummer,
        token.naam,
        scope.join(", ")
    )
}

fn id(store: &Store, login: &str) -> Result<String, Failure> {
    let account = store.account_named(login)?;
    let account = account.ok_or_else(|| Failure::new("deze inlognaam bestaat niet"))?;
    Ok(account.id)
}

/// The password: asked for twice on a terminal, unseen; else the first line of standard input.
fn password() -> Result<String, Failure> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        let mut line = String::new();
        input.lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password("Wachtwoord (u ziet niet wat u typt): ")?;
    match rpassword::prompt_password("Nog een keer: ")? == first {
        true => Ok(first),
        false => Err(Failure::usage("de twee wachtwoorden zijn niet gelijk")),
    }
}
