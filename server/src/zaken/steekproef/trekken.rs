//! Drawing a sample: only on the state of the index that was searched, and only by who sees all of it. Never draws from a
//! part and calls it the whole.

use super::{MOST, Soort, Steekproef, draw};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::toegang::BronToegang;
use crate::toegang::Zicht;
use crate::uitvoer::verzameling::searched_part;
use crate::zaken::acties::Zoekactie;
use crate::zaken::telling::Member;
use jiff::Timestamp;
use std::sync::Arc;
use zv_shared::index::{Search, Snapshot};
use zv_shared::{DocId, Query};

/// The longest seed.
const LONGEST_SEED: usize = 100;

/// What is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trekking {
    /// Of which zoekactie.
    pub zoekactie: u32,
    /// From what.
    pub soort: Soort,
    /// How many documents.
    pub aantal: u32,
    /// The seed; a random one when there is none.
    pub zaad: Option<String>,
}

impl App {
    /// Draws a sample and keeps it; gives its number.
    pub fn draw_sample(&self, zicht: &Zicht, wanted: &Trekking) -> Result<u32, Problem> {
        if !(1..=MOST).contains(&wanted.aantal) {
            let detail = format!("Een steekproef heeft 1 tot en met {MOST} documenten.");
            return Err(Problem::refused(detail));
        }
        let actie = self.store.zoekactie(&zicht.zaak.id, wanted.zoekactie)?;
        let actie = actie.ok_or_else(|| Problem::not_found("Deze zoekactie bestaat niet."))?;
        let found = self.recorded_list(zicht, &actie)?;
        let (snapshot, here) = self.searched_now(zicht, &actie, &found)?;
        let seed = match wanted.zaad.as_deref().map(str::trim) {
            None | Some("") => self.store.change(|change| change.new_id())?,
            Some(seed) if seed.chars().count() > LONGEST_SEED => {
                let detail = format!("Een zaad heeft hoogstens {LONGEST_SEED} tekens.");
                return Err(Problem::refused(detail));
            }
            Some(seed) => seed.to_owned(),
        };
        let is_found = |id: &DocId| {
            found
                .binary_search_by(|(other, _)| other.cmp(&id.0))
                .is_ok()
        };
        let wants_found = wanted.soort == Soort::Precisie;
        let from = here.iter().filter(|id| is_found(id) == wants_found);
        let omvang = from.clone().count() as u64;
        if omvang == 0 {
            let detail = "Er is niets om een steekproef uit te trekken.";
            return Err(Problem::refused(detail));
        }
        let drawn = draw(from.copied(), &seed, wanted.aantal as usize);
        let mut documents = Vec::with_capacity(drawn.len());
        for id in drawn {
            let document = snapshot.doc(id)?;
            documents.push((id, document.and_then(|document| document.content)));
        }
        let new = Steekproef {
            nummer: 0,
            zoekactie: wanted.zoekactie,
            soort: wanted.soort,
            zaad: seed,
            stand: snapshot.id(),
            omvang,
            door: zicht.actor.id.clone(),
            wanneer: Timestamp::now(),
        };
        Ok(self
            .store
            .add_steekproef(&zicht.actor, &zicht.zaak, &new, &documents)?)
    }

    /// The index as the zoekactie searched it, with all documents in it.
    ///
    /// # Errors
    /// When the index moved on since, or who asks does not see all that was searched: a sample would then say nothing of
    /// the search.
    fn searched_now(
        &self,
        zicht: &Zicht,
        actie: &Zoekactie,
        found: &[Member],
    ) -> Result<(Arc<dyn Snapshot>, Vec<DocId>), Problem> {
        let nummer = actie.nummer;
        let snapshot = self.snapshot(zicht)?;
        if snapshot.id() != actie.verslag.stand {
            let detail = format!(
                "De index is bijgewerkt sinds zoekactie {nummer}. Doe de zoekactie opnieuw en trek daaruit."
            );
            return Err(Problem::new(Kind::StandVerlopen, detail));
        }
        // Of a source that was searched in part, who asks sees the same part or all of it.
        let now = zicht.toegang();
        let sees_all = actie.verslag.bronnen.iter().all(|bron| {
            let of = |delen: &[BronToegang]| {
                let parts = delen.iter().filter(|one| one.bron == bron.naam);
                parts.cloned().collect::<Vec<_>>()
            };
            zicht.sees_all_of(&bron.naam)
                || zicht.may_see(&bron.naam) && of(&now) == of(&actie.verslag.delen)
        });
        let snapshot = searched_part(self, zicht, actie, snapshot)?;
        let here = snapshot.ids(&Search::of(Query::All))?;
        let seen = |(id, _): &Member| here.binary_search(&DocId(*id)).is_ok();
        if !sees_all || !found.iter().all(seen) {
            let detail = format!("U ziet niet alles wat zoekactie {nummer} doorzocht.");
            return Err(Problem::refused(detail));
        }
        Ok((snapshot, here))
    }
}
