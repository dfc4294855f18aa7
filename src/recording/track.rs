//! The recorded exchanges, and which of them answers a request.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::request::{Body, Request};
use super::volatile::Volatile;
use crate::browser::{Asked, Came, Exchanged};
use crate::text::distance;

/// All that was recorded, in the order in which it was asked for.
pub(super) struct Track {
    recorded: Vec<Recorded>,
    /// Where the exchanges of an address up to its query are.
    places: HashMap<String, Vec<usize>>,
    /// When the recording began, and when it is played: milliseconds since 1970.
    times: [f64; 2],
    played: Mutex<Played>,
}

/// An exchange as it is compared.
struct Recorded {
    session: String,
    /// Its number within its session, from 0.
    number: u64,
    request: Request,
    came: Came,
}

/// How far it was played.
struct Played {
    used: Vec<bool>,
    /// From which exchange on sessions are answered first.
    stands: HashMap<String, u64>,
    /// Sessions that the recording does not know, in the order of their first requests.
    strangers: Vec<String>,
}

/// What was found for a request.
pub(super) enum Found<'t> {
    /// An answer.
    Answer {
        /// What came of the recorded request.
        came: &'t Came,
        /// Why it is not just what was recorded, if so.
        note: Option<&'static str>,
    },
    /// None, and what comes nearest: in words.
    Nothing(Vec<String>),
}

/// Sessions whose exchanges may answer.
type Tier = Box<dyn Fn(&str) -> bool>;

/// How a recorded request has to compare.
#[derive(Clone, Copy)]
enum Manner<'v> {
    Equal,
    But(&'v Volatile<'v>),
    /// One of the two bodies is not known.
    ButBody(&'v Volatile<'v>),
}

impl Track {
    /// A track of sessions' exchanges.
    pub fn new(exchanges: Vec<(String, Exchanged)>, began: f64, now: f64) -> Self {
        let mut exchanges = exchanges;
        exchanges.sort_by(|(_, one), (_, other)| one.began.total_cmp(&other.began));
        let mut numbers: HashMap<String, u64> = HashMap::new();
        let mut recorded = Vec::with_capacity(exchanges.len());
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (session, exchanged) in exchanges {
            let next = numbers.entry(session.clone()).or_default();
            let request = Request::of(&exchanged.asked);
            places.entry(request.place.clone()).or_default().push(recorded.len());
            recorded.push(Recorded { session, number: *next, request, came: exchanged.came });
            *next += 1;
        }
        let used = vec![false; recorded.len()];
        let played = Played { used, stands: HashMap::new(), strangers: Vec::new() };
        Self { recorded, places, times: [began, now], played: Mutex::new(played) }
    }

    /// Answers a session's requests first from its exchange of that number on, counted from 0, as if none of those had
    /// been an answer yet.
    pub fn stand_at(&self, session: &str, number: u64) {
        let mut played = self.played();
        played.stands.insert(session.to_owned(), number);
        for (recorded, used) in self.recorded.iter().zip(&mut played.used) {
            *used &= recorded.session != session || recorded.number < number;
        }
    }

    /// What answers a session's request.
    pub fn find(&self, session: &str, asked: &Asked) -> Found<'_> {
        let request = Request::of(asked);
        let mut played = self.played();
        let tiers = self.tiers(&mut played, session);
        let told = |text: &str| self.told(text);
        let volatile = Volatile { times: self.times, told: &told };
        for manner in [Manner::Equal, Manner::But(&volatile), Manner::ButBody(&volatile)] {
            for tier in &tiers {
                let Some((at, again)) = self.pick(&played, session, tier, &request, manner) else { continue };
                played.used[at] = true;
                let note = match (again, manner) {
                    (true, _) => Some("it was asked for more often than recorded: the last answer again"),
                    (false, Manner::But(_)) => Some("it differs from the recorded one in what pages make up anew"),
                    (false, Manner::ButBody(_)) => {
                        Some("what it sends is not known, so that any answer to it is taken")
                    }
                    (false, Manner::Equal) => None,
                };
                return Found::Answer { came: &self.recorded[at].came, note };
            }
        }
        Found::Nothing(self.nearest(&tiers, &request))
    }

    /// Whose exchanges answer a session, first to last: its own and those of no session; of a session outside any, or one
    /// that the recording does not know, also those outside any, of the same number first.
    fn tiers(&self, played: &mut Played, session: &str) -> Vec<Tier> {
        let own = session.to_owned();
        let mut tiers: Vec<Tier> = vec![Box::new(move |of| of == own || of.is_empty())];
        let fresh = session.starts_with('~');
        if !fresh && self.recorded.iter().any(|recorded| recorded.session == session) {
            return tiers;
        }
        if !fresh {
            let known = played.strangers.iter().position(|stranger| stranger == session);
            let number = known.unwrap_or_else(|| {
                played.strangers.push(session.to_owned());
                played.strangers.len() - 1
            });
            let same = format!("~{}", number + 1);
            tiers.push(Box::new(move |of| of == same));
        }
        tiers.push(Box::new(|of| of.starts_with('~')));
        tiers
    }

    /// The exchange that answers, and whether it did before.
    fn pick(
        &self,
        played: &Played,
        session: &str,
        tier: &dyn Fn(&str) -> bool,
        request: &Request,
        manner: Manner<'_>,
    ) -> Option<(usize, bool)> {
        let from = played.stands.get(session).copied().unwrap_or(0);
        let fits = |at: &usize| {
            let recorded = &self.recorded[*at];
            tier(&recorded.session)
                && match manner {
                    Manner::Equal => recorded.request == *request,
                    Manner::But(volatile) => volatile.same(&recorded.request, request),
                    Manner::ButBody(volatile) => {
                        [&recorded.request.body, &request.body].contains(&&Body::Unknown)
                            && volatile.same_but_body(&recorded.request, request)
                    }
                }
        };
        let fitting: Vec<usize> = self.places.get(&request.place)?.iter().copied().filter(fits).collect();
        let mut unused = fitting.iter().filter(|at| !played.used[**at]);
        let ahead = unused.clone().find(|at| self.recorded[**at].number >= from);
        if let Some(at) = ahead.or_else(|| unused.next()) {
            return Some((*at, false));
        }
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return None;
        }
        // What a page gave up is no answer to those who come later.
        let came = |at: &&usize| matches!(self.recorded[**at].came, Came::Response { .. });
        fitting.iter().rev().find(came).or(fitting.last()).map(|at| (*at, true))
    }

    /// The recorded request that is nearest, and what differs.
    fn nearest(&self, tiers: &[Tier], asked: &Request) -> Vec<String> {
        let far = |recorded: &Recorded| {
            let other = usize::from(recorded.request.method != asked.method);
            let stranger = usize::from(!tiers.iter().any(|tier| tier(&recorded.session)));
            let place = distance(&recorded.request.place, &asked.place);
            (place + 3 * other + 3 * stranger, recorded.request.differences(asked).len())
        };
        let Some(nearest) = self.recorded.iter().min_by_key(|recorded| far(recorded)) else {
            return vec!["nothing is recorded".to_owned()];
        };
        let Recorded { session, request, .. } = nearest;
        let of = match session.as_str() {
            "" => String::new(),
            fresh if fresh.starts_with('~') => ", outside any session".to_owned(),
            named => format!(", in session `{named}`"),
        };
        let mut words = vec![format!("the nearest recorded request is {} {}{of}", request.method, request.address())];
        let differences = request.differences(asked);
        let stranger = !tiers.iter().any(|tier| tier(session));
        match differences.is_empty() {
            true if stranger => words.push("what another session was answered does not answer this one".to_owned()),
            true => words.push("it was recorded as often as it was answered".to_owned()),
            false => words.extend(differences.into_iter().take(6)),
        }
        words
    }

    /// Whether a recorded answer holds a text.
    fn told(&self, text: &str) -> bool {
        let holds = |body: &[u8]| String::from_utf8_lossy(body).contains(text);
        self.recorded.iter().any(|recorded| match &recorded.came {
            Came::Response { headers, body, .. } => {
                body.as_deref().is_some_and(holds) || headers.iter().any(|(_, value)| value.contains(text))
            }
            Came::Failed(_) => false,
        })
    }

    fn played(&self) -> MutexGuard<'_, Played> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
