//! Performs an action: the target made ready, then input, then what the page answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::action::{Action, Gesture, Scrolling};
use super::missed::{self, Aimed};
use super::stage::Stage;
use super::words::quoted;
use super::{CrawlError, failure, step};
use crate::browser::{
    BrowserError, Check, Choice, Chord, Deadline, Deed, Found, How, Input, Key, Modifier, Place, Tab, Traversal,
    WaitUntil, Wish,
};

/// What must hold before the pointer is used.
const POINTER: &[Check] = &[Check::Visible, Check::Enabled, Check::Stable, Check::Point, Check::Hit];
/// The same where the pointer only comes along.
const HOVER: &[Check] = &[Check::Visible, Check::Stable, Check::Point, Check::Hit];
/// What must hold before a field takes a value.
const FIELD: &[Check] = &[Check::Visible, Check::Enabled, Check::Editable];
/// What must hold before keys go to an element, or a list is chosen from.
const CONTROL: &[Check] = &[Check::Visible, Check::Enabled];
/// With `force` there must be no more than a point.
const FORCED: &[Check] = &[Check::Point];

/// Performs an action in the frame that is entered. With `settle` the answer of the page is waited for, else only a
/// navigation that was asked for at once.
pub(super) async fn perform(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    action: &Action,
    settle: bool,
) -> Result<(), CrawlError> {
    if stage.session.options.identity.no_javascript {
        // Its pages have neither timers nor frames, by which a target is waited for.
        let what = "an act on the page of a session without JavaScript".to_owned();
        return Err(failure::of_browser(BrowserError::Unsupported { what }));
    }
    let mark = tab.begin_act().map_err(failure::of_browser)?;
    let popup = stage.session.has_openers();
    let doing = Doing { stage, tab, force: action.force, acted: AtomicBool::new(false) };
    let done = async {
        doing.gesture(&action.gesture).await?;
        let settling = tab.end_act(&mark, settle, stage.deadline());
        if stage.timed("settle", settling).await.map_err(failure::of_browser)? {
            stage.timed("navigate", step::arrive(stage, tab, WaitUntil::Load)).await?;
        }
        Ok(())
    };
    match done.await {
        // That was the answer of a pop-up.
        Err(_) if popup && tab.page_was_closed() && doing.acted.into_inner() => return Ok(()),
        done => done?,
    }
    stage.session.learn(tab);
    Ok(())
}

struct Doing<'a> {
    stage: &'a Stage<'a>,
    tab: &'a Arc<dyn Tab>,
    force: bool,
    /// Whether something was done to the page: it may have closed itself for that.
    acted: AtomicBool,
}

impl Doing<'_> {
    async fn gesture(&self, gesture: &Gesture) -> Result<(), CrawlError> {
        match gesture {
            Gesture::Click { place, button, count, modifiers, position, .. } => {
                let at = self.aim(place, POINTER, None, *position).await?.point;
                self.send(&held(modifiers, Input::clicks(at, *button, *count))).await
            }
            Gesture::Hover { place, position, modifiers } => {
                let at = self.aim(place, HOVER, None, *position).await?.point;
                self.send(&held(modifiers, vec![Input::Move(at.0, at.1)])).await
            }
            Gesture::Fill { place, value } => {
                let fill = Deed::Fill { value: value.clone() };
                match self.aim(place, FIELD, Some(&fill), None).await?.did.how {
                    How::Type => self.send(&[Input::Text(value.clone())]).await,
                    How::Delete => self.press(&Chord { modifiers: Vec::new(), key: delete_key() }).await,
                    _ => Ok(()),
                }
            }
            Gesture::Type { place, text } => {
                self.aim(place, FIELD, Some(&Deed::Type), None).await?;
                let text = text.replace("\r\n", "\n");
                let strokes: Vec<Input> = text.chars().flat_map(|letter| Input::stroke(&Key::typing(letter))).collect();
                self.send(&strokes).await
            }
            Gesture::Press { place, chord, .. } => {
                if let Some(place) = place {
                    self.aim(place, CONTROL, Some(&Deed::Focus), None).await?;
                } else {
                    self.tab.focus(self.stage.deadline()).await.map_err(failure::of_browser)?;
                }
                self.press(chord).await
            }
            Gesture::Select { place, wanted } => self.select(place, wanted).await,
            Gesture::Check { place, wanted } => self.check(place, *wanted).await,
            Gesture::Upload { place, files, .. } => self.upload(place, files).await,
            Gesture::Drag { from, to } => self.drag(from, to).await,
            Gesture::Scroll { place, how } => self.scroll(place.as_ref(), how).await,
            Gesture::Submit { place } => self.aim(place, &[], Some(&Deed::Submit), None).await.map(drop),
            Gesture::History(traversal) => self.traverse(*traversal).await,
        }
    }

    async fn aim(
        &self,
        place: &Place,
        checks: &'static [Check],
        deed: Option<&Deed>,
        position: Option<(f64, f64)>,
    ) -> Result<Found, CrawlError> {
        self.aim_by(place, checks, (deed, position), "target", self.stage.deadline()).await
    }

    async fn aim_by(
        &self,
        place: &Place,
        checks: &'static [Check],
        (deed, position): (Option<&Deed>, Option<(f64, f64)>),
        option: &'static str,
        deadline: Deadline,
    ) -> Result<Found, CrawlError> {
        let checks = match (self.force, checks.contains(&Check::Point)) {
            (false, _) => checks,
            (true, true) => FORCED,
            (true, false) => &[],
        };
        let wish = Wish { place, checks, deed, position };
        match self.stage.timed("target", self.tab.ready(&wish, deadline)).await {
            Ok(found) => {
                // Until here nothing was done to the page.
                if deed.is_some() {
                    self.touch();
                }
                Ok(found)
            }
            Err(BrowserError::Target(missed)) => {
                Err(missed::error(self.stage, self.tab, &Aimed { place, option }, *missed).await)
            }
            Err(error) => Err(failure::of_browser(error)),
        }
    }

    async fn send(&self, events: &[Input]) -> Result<(), CrawlError> {
        self.touch();
        let sending = self.tab.input(events, self.stage.deadline());
        self.stage.timed("input", sending).await.map_err(failure::of_browser)
    }

    fn touch(&self) {
        self.stage.touch();
        self.acted.fetch_or(self.tab.alive(), Ordering::Relaxed);
    }

    async fn press(&self, chord: &Chord) -> Result<(), CrawlError> {
        self.send(&held(&chord.modifiers, Input::stroke(&chord.key).to_vec())).await
    }

    async fn select(&self, place: &Place, wanted: &[Choice]) -> Result<(), CrawlError> {
        let deed = Deed::Select { wanted: wanted.to_vec() };
        self.aim(place, CONTROL, Some(&deed), None).await.map(drop)
    }

    async fn check(&self, place: &Place, wanted: bool) -> Result<(), CrawlError> {
        let found = self.aim(place, POINTER, Some(&Deed::Checked { wanted, now: false }), None).await?;
        if found.did.how != How::Click {
            return Ok(());
        }
        self.send(&Input::clicks(found.point, Default::default(), 1)).await?;
        // A controlled box is set by the page's own script, a moment later.
        let soon = Deadline::after(self.stage.deadline().left().min(std::time::Duration::from_secs(1)));
        let now = Deed::Checked { wanted, now: true };
        match self.aim_by(place, &[], (Some(&now), None), "target", soon).await {
            // The click led away from it.
            Err(error) if error.code == "crawl::act::no_target" => Ok(()),
            other => other.map(drop),
        }
    }

    async fn upload(&self, place: &Place, files: &[String]) -> Result<(), CrawlError> {
        let deed = Deed::Files { count: files.len() };
        if self.aim(place, &[Check::Enabled], Some(&deed), None).await?.did.how != How::Click {
            let giving = self.tab.give_files(files, self.stage.deadline());
            return self.stage.timed("input", giving).await.map_err(failure::of_browser);
        }
        let at = self.aim(place, POINTER, None, None).await?.point;
        self.touch();
        match self.stage.timed("input", self.tab.choose_files(at, files, self.stage.deadline())).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                let message = format!("{} takes no files, and opened no file chooser", quoted(&place.to_string()));
                let help =
                    "aim at the `input type=file` itself, which may be hidden, or at the button that opens the chooser";
                Err(CrawlError::new("crawl::act::wrong_kind", message).help(help).at("target", 0))
            }
            Err(BrowserError::Target(missed)) => {
                Err(missed::error(self.stage, self.tab, &Aimed { place, option: "target" }, *missed).await)
            }
            Err(error) => Err(failure::of_browser(error)),
        }
    }

    async fn drag(&self, from: &Place, to: &Place) -> Result<(), CrawlError> {
        self.aim(from, POINTER, None, None).await?;
        // The way to the other may have scrolled the page.
        let end = self.aim_by(to, HOVER, (None, None), "to", self.stage.deadline()).await?.point;
        let begin = self.aim(from, POINTER, None, None).await?.point;
        self.touch();
        let dragging = self.tab.drag(begin, end, self.stage.deadline());
        self.stage.timed("input", dragging).await.map_err(failure::of_browser)
    }

    async fn scroll(&self, place: Option<&Place>, how: &Scrolling) -> Result<(), CrawlError> {
        self.stage.touch();
        let deed = match how {
            Scrolling::Into => Deed::Show,
            Scrolling::To(end) => Deed::Scroll { to: Some((*end).to_owned()), by: (0.0, 0.0) },
            Scrolling::By(x, y) => Deed::Scroll { to: None, by: (*x, *y) },
        };
        match place {
            Some(place) => self.aim(place, &[], Some(&deed), None).await.map(drop),
            None => {
                let scrolling = self.tab.scroll(&deed, self.stage.deadline());
                self.stage.timed("input", scrolling).await.map_err(failure::of_browser)
            }
        }
    }

    async fn traverse(&self, traversal: Traversal) -> Result<(), CrawlError> {
        self.stage.touch();
        let going = self.tab.traverse(traversal, self.stage.deadline());
        if self.stage.timed("navigate", going).await.map_err(failure::of_browser)? {
            return Ok(());
        }
        let (what, help) = match traversal {
            Traversal::Forward => ("forward", "there is a page to go forward to only after `back()`"),
            _ => ("back", "this is the first page of the session's tab"),
        };
        Err(CrawlError::new("crawl::act::no_history", format!("there is no page to go {what} to")).help(help))
    }
}

/// Events with modifiers held down around them.
fn held(modifiers: &[Modifier], events: Vec<Input>) -> Vec<Input> {
    let down = modifiers.iter().map(|modifier| Input::KeyDown(modifier.key()));
    let up = modifiers.iter().rev().map(|modifier| Input::KeyUp(modifier.key()));
    down.chain(events).chain(up).collect()
}

fn delete_key() -> Key {
    Key::named("Delete").unwrap_or_else(|| Key::typing('\u{7f}'))
}
