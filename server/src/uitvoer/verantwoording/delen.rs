//! What an account tells of deelbesluiten and belanghebbenden, and of the versions of the case: gathered from the records,
//! with the figures of the case as it is now. Never names anybody by itself: that is decided where it is written.

use super::Verantwoording;
use crate::store::{Store, StoreError};
use crate::uitvoer::gronden::{grond, wet_op};
use crate::zaken::Zaak;
use crate::zaken::belanghebbende::Belanghebbende;
use crate::zaken::deelbesluit::Deelbesluit;
use crate::zaken::indeling::Deel;
use crate::zaken::reeks;
use crate::zaken::zaakversie::{Cijfer, Cijfers, Zaakversie};
use crate::zaken::zienswijze::Gevraagde;
use std::collections::BTreeSet;

/// A deelbesluit with how many relevant documents are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deelregel {
    /// Its number.
    pub nummer: u32,
    /// What it says.
    pub inhoud: Deelbesluit,
    /// Documents.
    pub documenten: u64,
}

/// A belanghebbende with how many relevant documents are about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derde {
    /// Their number.
    pub nummer: u32,
    /// Who they are.
    pub inhoud: Belanghebbende,
    /// Every name that was written down for them.
    pub namen: BTreeSet<String>,
    /// Documents.
    pub documenten: u64,
    /// What they were asked.
    pub zienswijzen: Vec<Gevraagde>,
}

/// Deelbesluiten and belanghebbenden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delen {
    /// In the order that was agreed, then by number.
    pub deelbesluiten: Vec<Deelregel>,
    /// By number.
    pub derden: Vec<Derde>,
}

impl Delen {
    /// Those of a case.
    pub fn of(store: &Store, zaak: &Zaak) -> Result<Self, StoreError> {
        let counts = store.ingedeeld_counts(&zaak.id, None)?;
        let count = |deel: Deel| counts.get(&deel).map_or(0, |(relevant, _)| *relevant);
        let all = store.deelbesluiten(&zaak.id)?;
        let mut deelbesluiten: Vec<Deelregel> = reeks::nu(&all)
            .map(|(nummer, inhoud)| Deelregel {
                nummer,
                inhoud: inhoud.clone(),
                documenten: count(Deel::Deelbesluit(nummer)),
            })
            .collect();
        deelbesluiten.sort_by_key(|one| (one.inhoud.volgorde.unwrap_or(u32::MAX), one.nummer));
        let asked = store.zienswijzen(&zaak.id)?;
        let derden = store.belanghebbenden(&zaak.id)?;
        let derden = derden.iter().filter_map(|one| {
            let theirs = reeks::nu(&asked).filter(|(_, asked)| asked.belanghebbende == one.nummer);
            let names = one.versies.iter();
            Some(Derde {
                nummer: one.nummer,
                inhoud: one.nu()?.clone(),
                namen: names.map(|versie| versie.inhoud.naam.clone()).collect(),
                documenten: count(Deel::Belanghebbende(one.nummer)),
                zienswijzen: theirs.map(|(_, asked)| asked.clone()).collect(),
            })
        });
        Ok(Delen {
            derden: derden.collect(),
            deelbesluiten,
        })
    }

    /// How many belanghebbenden were asked, and how many of them gave a zienswijze.
    pub fn asked(&self) -> (u64, u64) {
        let count =
            |of: fn(&Derde) -> bool| self.derden.iter().filter(|one| of(one)).count() as u64;
        (count(Derde::was_asked), count(Derde::answered))
    }
}

impl Derde {
    /// Whether they were asked for a zienswijze.
    pub fn was_asked(&self) -> bool {
        !self.zienswijzen.is_empty()
    }

    /// Whether they gave one.
    pub fn answered(&self) -> bool {
        let mut all = self.zienswijzen.iter();
        all.any(|one| one.zienswijze.ontvangen_op.is_some())
    }
}

/// The versions of a case, and what changed since the last one was closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versies {
    /// In order.
    pub versies: Vec<Zaakversie>,
    /// Documents whose schifting, and whose judgement, are not those of the version before.
    pub gewijzigd: (u64, u64),
    /// Documents whose judgement stands on a law that does not hold for the decision that is taken now.
    pub andere_wet: u64,
}

impl Versies {
    /// Those of a case.
    pub fn of(store: &Store, zaak: &Zaak) -> Result<Self, StoreError> {
        let versies = store.zaakversies(&zaak.id)?;
        let mut found = Versies {
            versies,
            ..Versies::default()
        };
        let Some((_, before)) = found.before() else {
            return Ok(found);
        };
        found.gewijzigd = store.changed_since(&zaak.id, before)?;
        for one in store.beoordelingen_now(&zaak.id)? {
            let grounds = one
                .beoordeling
                .gronden
                .iter()
                .filter_map(|code| grond(code));
            let laws: Vec<_> = grounds.map(|grond| grond.wet).collect();
            if !laws.is_empty() {
                let law = wet_op(store.decision_day(zaak, one.document)?);
                found.andere_wet += u64::from(laws.iter().any(|one| *one != law));
            }
        }
        Ok(found)
    }

    /// The version before the last one, with its figures when it was closed.
    pub fn before(&self) -> Option<(u32, &Cijfers)> {
        let [.., before, _] = self.versies.as_slice() else {
            return None;
        };
        Some((before.versie, &before.bewaard.as_ref()?.cijfers))
    }
}

impl Verantwoording {
    /// The figures of the case, as they are kept when it is closed.
    pub fn cijfers(&self) -> Vec<Cijfer> {
        let mut found = Vec::new();
        let mut add = |naam: &str, aantal: u64| {
            found.push(Cijfer {
                naam: naam.to_owned(),
                aantal,
            });
        };
        let in_rounds = self.acties.iter().filter(|actie| actie.ronde.is_some());
        add("Versies van de afbakening", self.afbakeningen.len() as u64);
        add("Versies van het zoekplan", self.plannen.len() as u64);
        add("Vragen aan personen", self.navragen.len() as u64);
        add("Machtigingen", self.machtigingen.len() as u64);
        add("Zoekrondes", self.rondes.len() as u64);
        add("Zoekacties", self.acties.len() as u64);
        add("Zoekacties in zoekrondes", in_rounds.count() as u64);
        add("Gevonden in zoekrondes", self.vondst.gevonden);
        add("Gevonden, na ontdubbelen", self.vondst.uniek);
        for (waarde, aantal) in self
            .tellingen
            .schifting
            .iter()
            .flat_map(|one| &one.per_waarde)
        {
            add(&format!("Geschift als {waarde}"), *aantal);
        }
        let judged = self.tellingen.beoordeling.as_ref();
        for (oordeel, aantal) in judged.iter().flat_map(|one| &one.per_waarde) {
            add(&format!("Beoordeeld als {oordeel}"), *aantal);
        }
        for (grond, aantal) in judged.iter().flat_map(|one| &one.per_grond) {
            add(&format!("Geweigerd op grond {grond}"), *aantal);
        }
        add("Documenten met een nummer", self.genummerd);
        let (asked, answered) = self.delen.asked();
        add("Deelbesluiten", self.delen.deelbesluiten.len() as u64);
        add("Belanghebbenden", self.delen.derden.len() as u64);
        add("Belanghebbenden die om een zienswijze gevraagd zijn", asked);
        add("Belanghebbenden die een zienswijze gaven", answered);
        found
    }
}
