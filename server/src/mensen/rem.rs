//! Slowing down who guesses passwords and who asks too much. Guessing: a growing delay per account and address together,
//! per address, and a short one per account for addresses from which nobody came in with it before, so that nobody keeps
//! somebody else out. Asking: so many requests a second for each account and each address. In memory alone, and bounded.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Attempts before the delay begins, for one account from one address.
const FREE: u32 = 5;
/// The same for an address, or an account, whatever the other of the two.
const FREE_WIDE: u32 = 20;
/// The longest delay.
const LONGEST: Duration = Duration::from_secs(900);
/// The longest where many may be behind one address, or one account is tried from many.
const LONGEST_SHARED: Duration = Duration::from_secs(30);
/// What was counted is forgotten after so long without another attempt.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// So much is remembered at most.
const MOST: usize = 100_000;

/// A key of what is counted: its kind with account or address, hashed, so that nothing typed is kept.
type Key = [u8; 32];

/// All that is counted.
#[derive(Default)]
pub struct Rem {
    attempts: Mutex<HashMap<Key, Count>>,
    /// Addresses from which somebody came in with an account.
    known: Mutex<HashMap<Key, Instant>>,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy)]
struct Count {
    tried: u32,
    until: Instant,
    last: Instant,
}

struct Bucket {
    left: f64,
    at: Instant,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(parts: &[&str]) -> Key {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// The address as one caller: of IPv6 the network, of which one household has billions.
pub fn caller(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        None => String::new(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) if address.is_loopback() => "127.0.0.1".to_owned(),
        Some(IpAddr::V6(address)) => format!("{:x?}/64", &address.segments()[..4]),
    }
}

/// Somebody who tries to log in.
pub struct Poging {
    pair: Key,
    address: Option<Key>,
    account: Key,
    /// Whether others may come from the same address.
    shared: bool,
}

impl Poging {
    /// One with this name from this address.
    pub fn new(login: &str, address: Option<IpAddr>) -> Self {
        let (login, from) = (login.trim().to_lowercase(), caller(address));
        let shared = address.is_none_or(|address| address.to_canonical().is_loopback());
        Poging {
            pair: key(&["paar", &login, &from]),
            address: (!shared).then(|| key(&["adres", &from])),
            account: key(&["account", &login]),
            shared,
        }
    }
}

impl Rem {
    /// Counts an attempt before it is looked at, so that many at once are not free.
    ///
    /// # Errors
    /// How long to wait, when it is too soon; that is not counted.
    pub fn begin(&self, attempt: &Poging) -> Result<(), Duration> {
        self.begin_at(attempt, Instant::now())
    }

    fn begin_at(&self, attempt: &Poging, now: Instant) -> Result<(), Duration> {
        let known = locked(&self.known).contains_key(&attempt.pair);
        let mut all = locked(&self.attempts);
        if all.len() >= MOST {
            all.retain(|_, count| now.saturating_duration_since(count.last) < FORGOTTEN);
        }
        let longest = if attempt.shared {
            LONGEST_SHARED
        } else {
            LONGEST
        };
        let mut counted = vec![(attempt.pair, FREE, longest)];
        counted.extend(attempt.address.map(|address| (address, FREE_WIDE, LONGEST)));
        if !known {
            counted.push((attempt.account, FREE_WIDE, LONGEST_SHARED));
        }
        let wait = |(key, ..): &(Key, u32, Duration)| {
            all.get(key)
                .map(|count| count.until.saturating_duration_since(now))
        };
        let wait = counted.iter().filter_map(wait).max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(wait);
        }
        for (key, free, longest) in counted {
            // A flood of made-up names fills the memory no further; the address is counted all the same.
            if all.len() >= MOST && !all.contains_key(&key) {
                continue;
            }
            let new = Count {
                tried: 0,
                until: now,
                last: now,
            };
            let count = all.entry(key).or_insert(new);
            if now.saturating_duration_since(count.last) >= FORGOTTEN {
                *count = new;
            }
            count.tried = count.tried.saturating_add(1);
            count.last = now;
            count.until = now + delay(count.tried, free).min(longest);
        }
        Ok(())
    }

    /// Somebody came in: what was counted of them there is forgotten.
    pub fn succeeded(&self, attempt: &Poging) {
        let mut known = locked(&self.known);
        if known.len() >= MOST
            && let Some((oldest, _)) = known.iter().min_by_key(|(_, at)| **at)
        {
            let oldest = *oldest;
            known.remove(&oldest);
        }
        known.insert(attempt.pair, Instant::now());
        let mut all = locked(&self.attempts);
        all.remove(&attempt.pair);
        // Who has one account does not get free guesses at others: of the address only this attempt is forgotten.
        for key in attempt.address.iter().chain([&attempt.account]) {
            if let Some(count) = all.get_mut(key) {
                count.tried = count.tried.saturating_sub(1);
                count.until = count.last;
            }
        }
    }

    /// Takes one request of `who`, of `each` a second and twenty times that at once.
    ///
    /// # Errors
    /// How long to wait.
    pub fn take(&self, who: &str, each: u32) -> Result<(), Duration> {
        self.take_at(who, each, Instant::now())
    }

    fn take_at(&self, who: &str, each: u32, now: Instant) -> Result<(), Duration> {
        let (each, most) = (f64::from(each), f64::from(each) * 20.0);
        let mut all = locked(&self.buckets);
        if all.len() >= MOST {
            // Who did not ask for a while has a full bucket, and needs none.
            all.retain(|_, bucket| {
                now.saturating_duration_since(bucket.at) < Duration::from_secs(20)
            });
        }
        let full = Bucket {
            left: most,
            at: now,
        };
        let bucket = all.entry(who.to_owned()).or_insert(full);
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * each).min(most);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.left) / each));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

/// One second after the free attempts, and twice as long each time.
fn delay(tried: u32, free: u32) -> Duration {
    match tried.checked_sub(free) {
        None => Duration::ZERO,
        Some(over) => Duration::from_secs(1_u64.checked_shl(over.min(20)).unwrap_or(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(login: &str, address: &str) -> Poging {
        Poging::new(login, Some(address.parse().expect("address")))
    }

    /// How many of `count` attempts, one each second, are looked at.
    fn looked_at(rem: &Rem, attempt: &Poging, begin: Instant, count: u64) -> usize {
        let each = |second| {
            rem.begin_at(attempt, begin + Duration::from_secs(second))
                .is_ok()
        };
        (0..count).filter(|second| each(*second)).count()
    }

    #[test]
    fn who_guesses_waits_longer_and_longer_and_keeps_nobody_else_out() {
        let (rem, begin) = (Rem::default(), Instant::now());
        let attacker = from("gea", "192.0.2.7");
        let looked = looked_at(&rem, &attacker, begin, 3_000);
        assert!((10..20).contains(&looked), "{looked}");
        let later = begin + Duration::from_secs(3_000);
        // The owner comes from elsewhere, and somebody else from the same address.
        assert!(rem.begin_at(&from("GEA ", "192.0.2.8"), later).is_ok());
        assert!(rem.begin_at(&from("els", "192.0.2.7"), later).is_ok());
        // An hour later it is forgotten.
        assert!(rem.begin_at(&attacker, later + FORGOTTEN + LONGEST).is_ok());
    }

    #[test]
    fn many_at_once_are_not_free() {
        let (rem, now) = (Rem::default(), Instant::now());
        let attempt = from("gea", "192.0.2.7");
        let passed = (0..100)
            .filter(|_| rem.begin_at(&attempt, now).is_ok())
            .count();
        assert_eq!(passed, FREE as usize);
    }

    #[test]
    fn from_many_addresses_at_one_account_only_a_known_address_passes_freely() {
        let (rem, now) = (Rem::default(), Instant::now());
        let owner = from("gea", "192.0.2.200");
        rem.begin_at(&owner, now).expect("first");
        rem.succeeded(&owner);
        let each = |number: u32| from("gea", &format!("198.51.{}.{}", number / 256, number % 256));
        let passed = (0..200)
            .filter(|number| rem.begin_at(&each(*number), now).is_ok())
            .count();
        assert!(passed <= FREE_WIDE as usize, "{passed}");
        assert!(rem.begin_at(&owner, now).is_ok());
        // Who is new waits half a minute at most.
        let new = from("gea", "203.0.113.1");
        assert!(rem.begin_at(&new, now).is_err());
        assert!(rem.begin_at(&new, now + LONGEST_SHARED).is_ok());
    }

    #[test]
    fn one_address_at_many_accounts_waits_and_a_network_is_one() {
        let (rem, now) = (Rem::default(), Instant::now());
        let each = |number: u32| from(&format!("account{number}"), "192.0.2.7");
        let passed = (0..200)
            .filter(|number| rem.begin_at(&each(*number), now).is_ok())
            .count();
        assert_eq!(passed, FREE_WIDE as usize);
        // On one computer everybody has the same address.
        let each = |number: u32| from(&format!("account{number}"), "127.0.0.1");
        assert!((0..200).all(|number| rem.begin_at(&each(number), now).is_ok()));
        let caller = |address: &str| caller(Some(address.parse().expect("address")));
        assert_eq!(caller("2001:db8::1"), caller("2001:db8::ffff:1"));
        assert_ne!(caller("2001:db8::1"), caller("2001:db8:0:1::1"));
        assert_eq!(caller("::ffff:192.0.2.7"), caller("192.0.2.7"));
    }

    #[test]
    fn so_many_requests_a_second_after_a_burst() {
        let (rem, begin) = (Rem::default(), Instant::now());
        let passed = |who: &str, second| {
            let now = begin + Duration::from_secs(second);
            (0..1_000)
                .filter(|_| rem.take_at(who, 10, now).is_ok())
                .count()
        };
        assert_eq!(
            (passed("els", 0), passed("els", 1), passed("gea", 1)),
            (200, 10, 200)
        );
        assert_eq!(passed("els", 100), 200);
        let wait = rem
            .take_at("els", 10, begin + Duration::from_secs(100))
            .expect_err("empty");
        assert!(wait <= Duration::from_millis(100));
    }
}
