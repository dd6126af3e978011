//! Gives each job its child process: one at a time, for one run at a time has the index. Owns the two loops that a server
//! runs for it: turns that are due, and jobs that wait. Never decides what a run does.

use super::Soort;
use super::opdrachten::{Einde, Opdracht, Stand};
use crate::inlezen::{self, Ended};
use crate::state::App;
use crate::store::StoreError;
use crate::web::labels::count;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use zv_indexer::account::{Account, Status};
use zv_indexer::rebuild::Rebuilt;
use zv_indexer::source::Sources;

/// How often the loops look. The clock is asked each time: it may be set, and a computer may sleep.
const PACE: Duration = Duration::from_secs(1);
/// How long a job waits for a run that somebody started beside the server.
const LOCKED: Duration = Duration::from_secs(20);

/// What is said of a job that the end of the program broke off.
const STOPPED: &str = "het programma stopte; de volgende run gaat verder";

/// Does what the schedules ask until `stopped`; a run that is busy then commits, and goes on when a server starts again.
pub async fn work(app: Arc<App>, stopped: watch::Receiver<bool>) {
    let store = Arc::clone(&app.store);
    match blocking(move || store.take_up_jobs()).await {
        Some(0) | None => {}
        Some(jobs) => tracing::warn!(jobs, "index runs that were broken off wait to go on"),
    }
    tokio::join!(turns(&app, stopped.clone()), jobs(&app, stopped));
}

/// Work on the database, beside the threads that answer. `None` when it failed; that is in the log.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Option<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::error!(%error, "the schedules cannot be kept");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the schedules cannot be kept");
            None
        }
    }
}

/// Waits, and tells whether to go on.
async fn pause(time: Duration, stopped: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        () = tokio::time::sleep(time) => true,
        _ = stopped.wait_for(|stop| *stop) => false,
    }
}

async fn turns(app: &Arc<App>, mut stopped: watch::Receiver<bool>) {
    while pause(PACE, &mut stopped).await {
        let store = Arc::clone(&app.store);
        blocking(move || store.take_turns(Timestamp::now())).await;
    }
}

async fn jobs(app: &Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut wait = PACE;
    while pause(wait, &mut stopped).await {
        wait = PACE;
        let store = Arc::clone(&app.store);
        if blocking(move || store.removals_to_do())
            .await
            .is_some_and(|orders| !orders.is_empty())
            && !remove(app).await
        {
            wait = LOCKED;
        }
        let shared = Arc::clone(app);
        let Some(Some(open)) = blocking(move || first_open(&shared, Timestamp::now())).await else {
            continue;
        };
        if one(app, open, stopped.clone()).await == Some(Stand::Wacht) {
            wait = LOCKED;
        }
    }
}

/// Carries out the orders to remove documents; whether that was done. Nothing that still shows them is kept.
async fn remove(app: &Arc<App>) -> bool {
    let why = match inlezen::remove(&app.folder).await {
        Ok(Ended::Answer(done)) => {
            let app = Arc::clone(app);
            let forgotten = move || {
                app.forget_older();
                done.iter().try_for_each(|one| app.store.removal_done(one))
            };
            return blocking(forgotten).await.is_some();
        }
        Ok(Ended::Refused { complaint, .. }) => complaint,
        Err(error) => error.to_string(),
    };
    tracing::error!(why, "documents could not be removed; it is tried again");
    false
}

/// A job that may run now, and when its window closes.
struct Open {
    job: Opdracht,
    until: Option<Timestamp>,
}

fn first_open(app: &App, now: Timestamp) -> Result<Option<Open>, StoreError> {
    for job in app.store.waiting_jobs()? {
        let until = match app.store.rooster(&job.bron)?.rooster.window()? {
            None => None,
            Some(window) => match window.closes(now) {
                Some(until) => Some(until),
                None => continue,
            },
        };
        return Ok(Some(Open { job, until }));
    }
    Ok(None)
}

/// Why a run must end before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Asked,
    Window,
    Server,
}

/// Runs a job; gives how it stands after that.
async fn one(app: &Arc<App>, open: Open, stopped: watch::Receiver<bool>) -> Option<Stand> {
    let Open { job, until } = open;
    let (store, taken) = (Arc::clone(&app.store), job.clone());
    if !blocking(move || store.begin_job(&taken, Timestamp::now())).await? {
        return None;
    }
    let (tell, mut told) = watch::channel(None);
    let watching = watch_over(app, job.id, until, stopped, &tell);
    let running = run(app, &job, async {
        let _ = told.wait_for(Option::is_some).await;
    });
    let ended = tokio::select! {
        ended = running => ended,
        // It only ends with the run.
        () = watching => return None,
    };
    let einde = conclusion(ended, *tell.borrow());
    let stand = einde.stand;
    let (store, done) = (Arc::clone(&app.store), job);
    blocking(move || store.end_job(&done, &einde)).await?;
    Some(stand)
}

/// Tells the run to end when it must.
async fn watch_over(
    app: &Arc<App>,
    id: u32,
    until: Option<Timestamp>,
    mut stopped: watch::Receiver<bool>,
    tell: &watch::Sender<Option<Why>>,
) {
    loop {
        let store = Arc::clone(&app.store);
        let why = if !pause(PACE, &mut stopped).await {
            Some(Why::Server)
        } else if until.is_some_and(|until| Timestamp::now() >= until) {
            Some(Why::Window)
        } else if blocking(move || store.must_end(id)).await == Some(true) {
            Some(Why::Asked)
        } else {
            None
        };
        if why.is_some() {
            tell.send_replace(why);
            return std::future::pending().await;
        }
    }
}

/// What a job comes to when its process told.
enum Done {
    Read(Box<Account>),
    Rebuilt(Rebuilt),
}

impl<T> Ended<T> {
    fn map(self, done: impl FnOnce(T) -> Done) -> Ended<Done> {
        match self {
            Ended::Answer(answer) => Ended::Answer(done(answer)),
            Ended::Refused { locked, complaint } => Ended::Refused { locked, complaint },
        }
    }
}

async fn run(
    app: &App,
    job: &Opdracht,
    stop: impl Future<Output = ()>,
) -> Result<Ended<Done>, String> {
    let failed = |error| format!("de opdracht is niet gestart: {error}");
    if job.soort == Soort::Opnieuw {
        let ended = inlezen::rebuild(&app.folder, job.id, stop).await;
        return Ok(ended.map_err(failed)?.map(Done::Rebuilt));
    }
    let sources = Sources::load(&app.folder).map_err(|error| error.to_string())?;
    let source = sources.named(&job.bron).cloned();
    let source = source.ok_or_else(|| "deze bron bestaat niet meer".to_owned())?;
    let (root, name) = (&source.root, Some(job.bron.as_str()));
    let ended = inlezen::run(&app.folder, root, name, job.soort, stop).await;
    Ok(ended.map_err(failed)?.map(Done::Read))
}

fn conclusion(ended: Result<Ended<Done>, String>, why: Option<Why>) -> Einde {
    let (stand, run, melding) = match ended {
        Err(error) => (Stand::Mislukt, None, error),
        Ok(Ended::Refused {
            locked: true,
            complaint,
        }) => (Stand::Wacht, None, complaint),
        // A rebuild that is ended leaves nothing to go on with: it begins anew.
        Ok(Ended::Refused { complaint, .. }) => match why {
            Some(Why::Server | Why::Window) => (Stand::Wacht, None, STOPPED.to_owned()),
            Some(Why::Asked) => (Stand::Afgebroken, None, String::new()),
            None => (Stand::Mislukt, None, complaint),
        },
        Ok(Ended::Answer(Done::Rebuilt(rebuilt))) => {
            let documents = count(rebuilt.documents, "document", "documenten");
            let melding = match rebuilt.refused {
                0 => format!("{documents} overgenomen"),
                refused => format!("{documents} overgenomen, {refused} zonder hun tekst"),
            };
            (Stand::Klaar, None, melding)
        }
        Ok(Ended::Answer(Done::Read(account))) => {
            let run = Some(account.run);
            match account.status {
                Status::Voltooid => (Stand::Klaar, run, String::new()),
                Status::Mislukt => (Stand::Mislukt, run, account.melding.unwrap_or_default()),
                Status::Afgebroken => match why {
                    Some(Why::Window) => (
                        Stand::Wacht,
                        run,
                        "het venster ging dicht; de volgende run gaat verder".to_owned(),
                    ),
                    Some(Why::Server) => (Stand::Wacht, run, STOPPED.to_owned()),
                    Some(Why::Asked) | None => (Stand::Afgebroken, run, String::new()),
                },
            }
        }
    };
    Einde {
        stand,
        run,
        melding,
    }
}
