//! The same content judged differently within one case: what a receiver of the documents would notice first. Only
//! tells; people decide which is right.

use super::beoordeling::oordeel_name;
use super::schifting::Waarde;
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use std::collections::BTreeMap;
use zv_shared::{ContentHash, DocId};

/// Documents with the same content that were judged differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tegenstrijdig {
    /// What was judged: `schifting` or `beoordeling`.
    pub soort: &'static str,
    /// SHA-256 of the content.
    pub inhoud: ContentHash,
    /// The documents with what each was judged as, in order of id.
    pub documenten: Vec<(DocId, String)>,
}

/// Judgements by content.
#[derive(Default)]
struct ByContent(BTreeMap<ContentHash, Vec<(DocId, String)>>);

impl ByContent {
    fn add(&mut self, content: Option<ContentHash>, document: DocId, value: String) {
        // Documents without bytes have nothing in common.
        if let Some(content) = content {
            self.0.entry(content).or_default().push((document, value));
        }
    }

    fn differing(self, soort: &'static str) -> impl Iterator<Item = Tegenstrijdig> {
        let differ = |list: &[(DocId, String)]| list.windows(2).any(|pair| pair[0].1 != pair[1].1);
        let groups = self.0.into_iter().filter(move |(_, list)| differ(list));
        groups.map(move |(inhoud, documenten)| Tegenstrijdig {
            soort,
            inhoud,
            documenten,
        })
    }
}

impl Store {
    /// The contradictions in a case, of the sources that `zicht` shows. A copy that points to its document is none.
    pub fn tegenstrijdigheden(&self, zicht: &Zicht) -> Result<Vec<Tegenstrijdig>, StoreError> {
        let zaak = &zicht.zaak.id;
        let mut schiftingen = ByContent::default();
        self.each_geschift(zaak, None, |one| {
            let value = one.schifting.map(|schifting| schifting.waarde);
            if let Some(value) =
                value.filter(|value| *value != Waarde::Dubbel && zicht.may_see(&one.bron))
            {
                schiftingen.add(one.inhoud, one.document, value.label().to_owned());
            }
            Ok(true)
        })?;
        let mut judged = ByContent::default();
        for one in self.beoordelingen_now(zaak)? {
            let given = &one.beoordeling;
            if given.dubbel_van.is_none() && zicht.may_see(&one.bron) {
                let mut value = oordeel_name(given.oordeel).replace('-', " ");
                if !given.gronden.is_empty() {
                    value = format!("{value} ({})", given.gronden.join(", "));
                }
                judged.add(one.inhoud, one.document, value);
            }
        }
        let first = schiftingen.differing("schifting");
        Ok(first.chain(judged.differing("beoordeling")).collect())
    }
}
