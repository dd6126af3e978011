//! Which documents somebody judges at once: one, what belongs with it, a selection, or everything that a zoekactie
//! found. Only documents that they may see; that there are others is not told.

use super::{Gedaan, Gezien, Handeling, JUDGES, Schifting, Stuk, must_agree};
use crate::problem::Problem;
use crate::state::App;
use crate::store::StoreError;
use crate::toegang::Zicht;
use crate::zaken::acties::Zoekactie;
use crate::zaken::telling::{Member, load_results, members, results_file};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zv_shared::index::{FacetField, IndexError, Scope, Search, Snapshot};
use zv_shared::{ContentHash, DocId, Document, Query};

/// Over welke documenten het gaat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "soort", rename_all = "kebab-case", deny_unknown_fields)]
#[schema(as = SchiftDoel)]
pub enum Doel {
    /// Een document.
    Document {
        /// Kenmerk van het document.
        #[schema(value_type = String)]
        document: DocId,
    },
    /// Een mail met haar bijlagen, of een zip met haar inhoud.
    Familie {
        /// Kenmerk van een document uit de familie.
        #[schema(value_type = String)]
        document: DocId,
    },
    /// De mails van een gesprek, zonder hun bijlagen.
    Gesprek {
        /// Kenmerk van een mail uit het gesprek.
        #[schema(value_type = String)]
        document: DocId,
    },
    /// Alle documenten met dezelfde inhoud.
    Dubbelen {
        /// Kenmerk van een van die documenten.
        #[schema(value_type = String)]
        document: DocId,
    },
    /// Een eigen keuze.
    Selectie {
        /// Kenmerken van de documenten.
        #[schema(value_type = Vec<String>, min_items = 1)]
        documenten: Vec<DocId>,
    },
    /// Alles wat een zoekactie gevonden heeft.
    Zoekactie {
        /// Nummer van de zoekactie in de zaak.
        zoekactie: u32,
    },
    /// Alles van een eerdere handeling; alleen om terug te draaien.
    Handeling {
        /// Nummer van de handeling in de zaak.
        handeling: u32,
    },
}

impl Doel {
    pub(crate) fn omvang(&self) -> &'static str {
        match self {
            Doel::Document { .. } => "document",
            Doel::Familie { .. } => "familie",
            Doel::Gesprek { .. } => "gesprek",
            Doel::Dubbelen { .. } => "dubbelen",
            Doel::Selectie { .. } => "selectie",
            Doel::Zoekactie { .. } => "zoekactie",
            Doel::Handeling { .. } => "handeling",
        }
    }

    pub(crate) fn van(&self) -> String {
        match self {
            Doel::Document { document }
            | Doel::Familie { document }
            | Doel::Gesprek { document }
            | Doel::Dubbelen { document } => document.to_string(),
            Doel::Selectie { .. } => String::new(),
            Doel::Zoekactie { zoekactie: nummer } | Doel::Handeling { handeling: nummer } => {
                nummer.to_string()
            }
        }
    }
}

/// Een schifting, of het terugdraaien ervan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Schiftopdracht)]
pub struct Opdracht {
    /// Over welke documenten het gaat.
    pub doel: Doel,
    /// De waarde. Zonder waarde wordt teruggedraaid: bij een document de laatste schifting, bij een handeling alles
    /// wat daarin geschift is.
    #[serde(default)]
    pub schifting: Option<Schifting>,
    /// Het nummer van de laatste schifting die u zag: bij een document die van dat document, anders die van de hele
    /// zaak (`laatste`). 0 als er geen was.
    #[serde(default)]
    pub gezien: u64,
    /// Het aantal documenten dat u bevestigt; verplicht behalve bij een document.
    #[serde(default)]
    pub aantal: Option<u64>,
    /// Mag een schifting die u niet zag, plaatsmaken? Bij een document kan dat niet.
    #[serde(default)]
    pub overschrijven: bool,
}

impl App {
    /// Writes down what somebody judged, or takes it back.
    pub fn schift(&self, zicht: &Zicht, opdracht: &Opdracht) -> Result<Gedaan, Problem> {
        self.must_be(&zicht.actor, &JUDGES)?;
        let Some(schifting) = &opdracht.schifting else {
            return self.take_back(zicht, opdracht);
        };
        if matches!(opdracht.doel, Doel::Handeling { .. }) {
            return Err(Problem::refused(
                "Een handeling is alleen terug te draaien; laat 'schifting' dan weg.",
            ));
        }
        let snapshot = self.snapshot(zicht)?;
        if let Some(original) = schifting.dubbel_van {
            found(&*snapshot, original)?;
        }
        let mut stukken = self.stukken(zicht, &*snapshot, &opdracht.doel)?;
        let one = matches!(opdracht.doel, Doel::Document { .. });
        if !one {
            // The document that copies point to is none of them.
            stukken.retain(|stuk| Some(stuk.id) != schifting.dubbel_van);
            must_agree(confirmed(opdracht)?, stukken.len() as u64)?;
        }
        let handeling = Handeling {
            omvang: opdracht.doel.omvang(),
            van: opdracht.doel.van(),
            stukken,
            schifting: schifting.clone(),
            gezien: match one {
                true => Gezien::Stuk(opdracht.gezien),
                false => Gezien::Zaak(opdracht.gezien),
            },
            overschrijven: opdracht.overschrijven,
        };
        let done = self.store.schift(&zicht.actor, &zicht.zaak, &handeling)?;
        self.keeper.wake();
        Ok(done)
    }

    fn take_back(&self, zicht: &Zicht, opdracht: &Opdracht) -> Result<Gedaan, Problem> {
        let (actor, zaak) = (&zicht.actor, &zicht.zaak);
        let done = match opdracht.doel {
            Doel::Document { document } => {
                let stuk = Stuk::from(&found(&*self.snapshot(zicht)?, document)?);
                self.store
                    .take_back_one(actor, zaak, &stuk, opdracht.gezien)?
            }
            Doel::Handeling { handeling } => {
                if !self.store.sees_deed(zicht, handeling)? {
                    return Err(Problem::not_found("Deze handeling bestaat niet."));
                }
                let (count, overwrite) = (confirmed(opdracht)?, opdracht.overschrijven);
                self.store
                    .take_back_deed(actor, zaak, handeling, count, overwrite)?
            }
            _ => {
                return Err(Problem::refused(
                    "Terugdraaien kan van een document of van een handeling; geef anders een 'schifting'.",
                ));
            }
        };
        self.keeper.wake();
        Ok(done)
    }

    /// The documents that `doel` is about, as far as they exist for who judges; in order of id, each once.
    pub fn stukken(
        &self,
        zicht: &Zicht,
        snapshot: &dyn Snapshot,
        doel: &Doel,
    ) -> Result<Vec<Stuk>, Problem> {
        let documents = match doel {
            Doel::Document { document } => vec![found(snapshot, *document)?],
            Doel::Familie { document } => snapshot.family(found(snapshot, *document)?.family)?,
            Doel::Gesprek { document } => {
                let document = found(snapshot, *document)?;
                match document.relations.thread {
                    Some(thread) => snapshot.thread(thread)?,
                    None => vec![document],
                }
            }
            Doel::Dubbelen { document } => {
                let document = found(snapshot, *document)?;
                let (mut same, _) = crate::web::alike(snapshot, &document)?;
                same.push(document);
                same
            }
            Doel::Selectie { documenten } => {
                let one = |id: &DocId| found(snapshot, *id);
                documenten.iter().map(one).collect::<Result<_, _>>()?
            }
            Doel::Zoekactie { zoekactie } => {
                let actie = self.store.zoekactie(&zicht.zaak.id, *zoekactie)?;
                let missing = || Problem::not_found("Deze zoekactie bestaat niet.");
                let members = self.found_by(zicht, snapshot, &actie.ok_or_else(missing)?)?;
                return with_bron(snapshot, &members);
            }
            Doel::Handeling { .. } => Vec::new(),
        };
        let mut stukken: Vec<Stuk> = documents.iter().map(Stuk::from).collect();
        stukken.sort();
        stukken.dedup_by_key(|stuk| stuk.id);
        Ok(stukken)
    }

    /// What a zoekactie found: the list that was kept, or while it is not counted, what it finds now.
    fn found_by(
        &self,
        zicht: &Zicht,
        snapshot: &dyn Snapshot,
        actie: &Zoekactie,
    ) -> Result<Vec<Member>, Problem> {
        let counted = actie
            .telling
            .as_ref()
            .filter(|telling| telling.gemist.is_none());
        let Some(counted) = counted else {
            let search = self.search_again(&actie.verslag)?;
            return Ok(members(snapshot, &search)?);
        };
        let path = results_file(&self.folder, &zicht.zaak.id, actie.nummer);
        load_results(&path, &counted.uitkomst).map_err(Problem::fault)
    }
}

fn confirmed(opdracht: &Opdracht) -> Result<u64, StoreError> {
    let missing = || StoreError::refused("bevestig om hoeveel documenten het gaat, met 'aantal'");
    opdracht.aantal.ok_or_else(missing)
}

/// The document with this id, as far as it exists for who asks.
pub fn found(snapshot: &dyn Snapshot, id: DocId) -> Result<Document, Problem> {
    let missing = || Problem::not_found("Dit document staat niet in de index.");
    snapshot.doc(id)?.ok_or_else(missing)
}

/// Of these documents those that are in this part of the index, with their sources.
fn with_bron(snapshot: &dyn Snapshot, members: &[Member]) -> Result<Vec<Stuk>, Problem> {
    let mut stukken = Vec::with_capacity(members.len());
    for bron in bronnen(snapshot)? {
        let part = snapshot.within(&Scope::of([&bron]))?;
        let ids = part.ids(&Search::of(Query::All))?;
        let here = members
            .iter()
            .filter(|(id, _)| ids.binary_search(&DocId(*id)).is_ok());
        stukken.extend(here.map(|(id, content)| Stuk {
            id: DocId(*id),
            inhoud: (*content != [0; 32]).then_some(ContentHash(*content)),
            bron: bron.clone(),
        }));
    }
    stukken.sort();
    Ok(stukken)
}

/// The sources with documents in this part of the index.
fn bronnen(snapshot: &dyn Snapshot) -> Result<Vec<String>, IndexError> {
    let facets = snapshot.facets(&Search::of(Query::All), &[FacetField::Bron])?;
    let values = facets.facets.into_iter().flat_map(|facet| facet.values);
    Ok(values
        .filter(|value| value.count > 0)
        .map(|value| value.value)
        .collect())
}
