//! Leases: who writes what on a cluster, so that no two machines read the same source. All of them stand in one small
//! document, which is only replaced as it was read. Never trusts the clock of another machine: a holder is gone when its
//! beat stood still for [`GONE`] as seen from here.

use super::http::{Nodes, failed};
use crate::index::{Claim, IndexError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A holder tells this often that it is there.
const BEAT: Duration = Duration::from_secs(5);
/// A holder that did not tell so for this long is gone; it stops writing well before that itself.
const GONE: Duration = Duration::from_secs(45);
const STOPS: Duration = Duration::from_secs(30);
/// How often a change is tried when others change it too.
const TRIES: u32 = 200;
const AGAIN: Duration = Duration::from_millis(50);

/// What a lease is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "wat", content = "bron")]
pub enum What {
    /// One source.
    Bron(String),
    /// How documents belong together, of all sources.
    Samenhang,
    /// Whatever there is.
    Alles,
}

impl What {
    fn excludes(&self, other: &What) -> bool {
        match (self, other) {
            (What::Alles, _) | (_, What::Alles) => true,
            (What::Bron(one), What::Bron(other)) => one == other,
            (What::Samenhang, What::Samenhang) => true,
            (What::Bron(_), What::Samenhang) | (What::Samenhang, What::Bron(_)) => false,
        }
    }

    fn busy(&self, machine: &str) -> IndexError {
        IndexError::Busy(match self {
            What::Bron(bron) => format!("bron {bron} wordt ingelezen op {machine}"),
            What::Samenhang => format!("op {machine} wordt bepaald wat bij elkaar hoort"),
            What::Alles => format!("op {machine} wordt de index opnieuw gemaakt of opgeruimd"),
        })
    }
}

impl From<Claim<'_>> for What {
    fn from(claim: Claim<'_>) -> Self {
        match claim {
            Claim::Source(bron) => What::Bron(bron.to_owned()),
            Claim::All => What::Alles,
        }
    }
}

/// What becomes of who finds that another has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// It is refused at once, also when the other is gone.
    None,
    /// It is refused as soon as the other is seen to be there; who is gone is followed up.
    UntilSeen,
    /// It waits until the other is done, or gone.
    UntilFree,
}

/// Somebody who writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Holder {
    /// Nobody else has this name.
    wie: String,
    /// Its machine, for messages.
    machine: String,
    /// What is held.
    pacht: What,
    /// Goes up at every beat.
    slag: u64,
}

/// The document, and what it must still be when it is replaced.
struct Read {
    holders: Vec<Holder>,
    version: Option<(u64, u64)>,
}

/// The place where leases are noted.
#[derive(Clone)]
struct Table {
    nodes: Arc<Nodes>,
    index: String,
}

impl Table {
    fn read(&self) -> Result<Read, IndexError> {
        let answer = self.nodes.get(&format!("/{}/_doc/pacht", self.index))?;
        if answer.status == 404 {
            return Ok(Read {
                holders: Vec::new(),
                version: None,
            });
        }
        let found = answer.ok()?;
        let holders = found["_source"]["tekst"].as_str().unwrap_or("[]");
        let unreadable = |_| failed("de lijst van wie er schrijft is onleesbaar".to_owned());
        Ok(Read {
            holders: serde_json::from_str(holders).map_err(unreadable)?,
            version: found["_seq_no"]
                .as_u64()
                .zip(found["_primary_term"].as_u64()),
        })
    }

    /// Whether nobody else was first.
    fn replace(&self, read: &Read) -> Result<bool, IndexError> {
        let condition = match read.version {
            Some((number, term)) => format!("if_seq_no={number}&if_primary_term={term}"),
            None => "op_type=create".to_owned(),
        };
        let path = format!("/{}/_doc/pacht?refresh=false&{condition}", self.index);
        let holders = serde_json::to_string(&read.holders);
        let holders = holders.map_err(|error| failed(error.to_string()))?;
        let answer = self.nodes.send("PUT", &path, &json!({"tekst": holders}))?;
        match answer.status {
            409 => Ok(false),
            _ => answer.ok().map(|_| true),
        }
    }

    /// Changes the holders; `change` says what of it, or that nothing is to be done.
    fn change<T>(
        &self,
        mut change: impl FnMut(&mut Vec<Holder>) -> Result<(bool, T), IndexError>,
    ) -> Result<T, IndexError> {
        for _ in 0..TRIES {
            let mut read = self.read()?;
            let (changed, result) = change(&mut read.holders)?;
            // An answer that got lost looks like somebody else: then it is read, and found as it should be.
            if !changed || self.replace(&read)? {
                return Ok(result);
            }
            std::thread::sleep(AGAIN);
        }
        Err(failed(
            "de lijst van wie er schrijft verandert steeds".to_owned(),
        ))
    }

    fn make(&self, replicas: u32) -> Result<(), IndexError> {
        let body = json!({
            "settings": {"number_of_shards": 1, "number_of_replicas": replicas},
            "mappings": {"dynamic": "strict", "properties": {
                "tekst": {"type": "keyword", "index": false, "doc_values": false}
            }}
        });
        super::stand::create(&self.nodes, &self.index, &body)
    }
}

/// Refuses who has other cases than the installation that wrote here first: it would not know what those hold.
///
/// # Errors
/// Those of the cluster, and a Dutch sentence with the way out.
pub fn claim_house(nodes: &Nodes, name: &str, mark: &str) -> Result<(), IndexError> {
    const HOUSE: &str = "huis";
    let path = format!("/{name}-pacht/_doc/{HOUSE}?op_type=create");
    let answer = nodes.send("PUT", &path, &json!({"tekst": mark}))?;
    if answer.status != 409 {
        return answer.ok().map(drop);
    }
    match noted(nodes, name, HOUSE)?.as_deref() == Some(mark) {
        true => Ok(()),
        false => Err(failed(
            "de index met deze naam is van een andere installatie; kies een andere 'naam' in 'index.cluster', of zet \
             'zaken_elders' op true als deze machine daarvoor alleen bronnen inleest"
                .to_owned(),
        )),
    }
}

/// Notes something that other machines must know.
///
/// # Errors
/// Those of the cluster.
pub fn note(nodes: &Nodes, name: &str, what: &str, text: &str) -> Result<(), IndexError> {
    let path = format!("/{name}-pacht/_doc/{what}");
    let answer = nodes.send("PUT", &path, &json!({"tekst": text}))?;
    answer.ok().map(drop)
}

/// What was noted.
///
/// # Errors
/// Those of the cluster.
pub fn noted(nodes: &Nodes, name: &str, what: &str) -> Result<Option<String>, IndexError> {
    let answer = nodes.get(&format!("/{name}-pacht/_doc/{what}"))?;
    if answer.status == 404 {
        return Ok(None);
    }
    let found = answer.ok()?;
    Ok(found["_source"]["tekst"].as_str().map(str::to_owned))
}

/// What one machine may write; ends when it is dropped.
pub struct Lease {
    table: Table,
    who: String,
    last: Arc<Mutex<Instant>>,
    taken: Arc<AtomicBool>,
    stop: Option<Sender<()>>,
    beats: Option<JoinHandle<()>>,
}

impl Lease {
    /// Takes it for index `name`, or tells who has it.
    ///
    /// # Errors
    /// [`IndexError::Busy`]; those of the cluster.
    pub fn take(
        nodes: &Arc<Nodes>,
        (name, replicas): (&str, u32),
        what: What,
        patience: Patience,
    ) -> Result<Lease, IndexError> {
        let table = Table {
            nodes: nodes.clone(),
            index: format!("{name}-pacht"),
        };
        table.make(replicas)?;
        let mine = Holder {
            wie: unique(),
            machine: machine(),
            pacht: what,
            slag: 0,
        };
        let mut seen: Option<(Holder, Instant)> = None;
        loop {
            let gone = seen.as_ref().filter(|(_, since)| since.elapsed() > GONE);
            let gone = gone.map(|(holder, _)| holder.clone());
            let other = table.change(|holders| Ok(enter(holders, &mine, gone.as_ref())))?;
            let Some(other) = other else {
                return Ok(Lease::started(table, mine.wie));
            };
            let known = seen.as_ref().map(|(known, _)| known);
            let is_there = known.is_some_and(|known| known.wie == other.wie && *known != other);
            if patience == Patience::None || (is_there && patience == Patience::UntilSeen) {
                return Err(other.pacht.busy(&other.machine));
            }
            if known != Some(&other) {
                seen = Some((other, Instant::now()));
            }
            std::thread::sleep(BEAT / 5);
        }
    }

    fn started(table: Table, who: String) -> Lease {
        let last = Arc::new(Mutex::new(Instant::now()));
        let taken = Arc::new(AtomicBool::new(false));
        let (stop, stopped) = mpsc::channel();
        let beats = std::thread::spawn({
            let (table, who, last, taken) =
                (table.clone(), who.clone(), last.clone(), taken.clone());
            move || {
                while stopped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                    let asked = Instant::now();
                    match table.change(|holders| Ok(beat(holders, &who))) {
                        Ok(true) => *last.lock().unwrap_or_else(PoisonError::into_inner) = asked,
                        Ok(false) => return taken.store(true, Ordering::Relaxed),
                        // Who writes finds that it is too long ago.
                        Err(_) => {}
                    }
                }
            }
        });
        Lease {
            table,
            who,
            last,
            taken,
            stop: Some(stop),
            beats: Some(beats),
        }
    }

    /// Whether it still holds.
    ///
    /// # Errors
    /// When the cluster could not be told for so long that another may have it.
    pub fn check(&self) -> Result<(), IndexError> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match self.taken.load(Ordering::Relaxed) || last.elapsed() > STOPS {
            true => Err(failed(
                "deze machine was te lang niet bereikbaar, een andere kan haar werk hebben overgenomen; \
                 start de run opnieuw"
                    .to_owned(),
            )),
            false => Ok(()),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(beats) = self.beats.take() {
            // It panics nowhere; if it did, the lease ends by itself.
            let _ = beats.join();
        }
        // When the cluster is away it ends by itself too.
        let _ = self.table.change(|holders| {
            let before = holders.len();
            holders.retain(|holder| holder.wie != self.who);
            Ok((holders.len() != before, ()))
        });
    }
}

/// Writes `mine` down, unless somebody who is not `gone` has it. Whether something changed, and who has it.
fn enter(
    holders: &mut Vec<Holder>,
    mine: &Holder,
    gone: Option<&Holder>,
) -> (bool, Option<Holder>) {
    if holders.iter().any(|holder| holder.wie == mine.wie) {
        return (false, None);
    }
    let before = holders.len();
    holders.retain(|holder| Some(holder) != gone);
    let other = holders.iter();
    let mut other = other.filter(|holder| mine.pacht.excludes(&holder.pacht));
    if let Some(other) = other.next().cloned() {
        return (holders.len() != before, Some(other));
    }
    holders.push(mine.clone());
    (true, None)
}

/// Whether `who` is still among them.
fn beat(holders: &mut [Holder], who: &str) -> (bool, bool) {
    let own = holders.iter_mut().find(|holder| holder.wie == who);
    let own = own.map(|own| own.slag += 1);
    (own.is_some(), own.is_some())
}

/// How this machine is called.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "een andere machine".to_owned(),
        name => name.to_owned(),
    }
}

fn unique() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let time = super::stand::nanoseconds();
    format!("{}-{}-{number}-{time}", machine(), std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(who: &str, what: What) -> Holder {
        Holder {
            wie: who.to_owned(),
            machine: "m".to_owned(),
            pacht: what,
            slag: 0,
        }
    }

    #[test]
    fn one_source_has_one_writer_and_the_whole_index_has_it_alone() {
        let bron = |name: &str| What::Bron(name.to_owned());
        let pairs = [
            (bron("a"), bron("a"), true),
            (bron("a"), bron("b"), false),
            (bron("a"), What::Samenhang, false),
            (What::Samenhang, What::Samenhang, true),
            (What::Alles, bron("a"), true),
            (What::Alles, What::Samenhang, true),
            (What::Alles, What::Alles, true),
        ];
        for (one, other, excluded) in pairs {
            let both = (one.excludes(&other), other.excludes(&one));
            assert_eq!(both, (excluded, excluded), "{one:?} {other:?}");
        }
    }

    #[test]
    fn who_stood_still_goes_and_who_moved_stays() {
        let first = holder("1", What::Alles);
        let second = holder("2", What::Bron("a".into()));
        let mut holders = Vec::new();
        assert_eq!(enter(&mut holders, &first, None), (true, None));
        // Sent twice, for an answer that got lost.
        assert_eq!(enter(&mut holders, &first, None), (false, None));
        let (_, other) = enter(&mut holders, &second, None);
        assert_eq!(other.as_ref(), Some(&first));
        assert_eq!(beat(&mut holders, "1"), (true, true));
        // It told that it is there, just in time.
        let (changed, moved) = enter(&mut holders, &second, other.as_ref());
        assert!(!changed && moved.is_some());
        assert_eq!(enter(&mut holders, &second, moved.as_ref()), (true, None));
        assert_eq!(beat(&mut holders, "1"), (false, false));
    }
}
