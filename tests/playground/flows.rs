//! Forms that need several requests: login and wizard.

use libtest_mimic::Trial;

use super::http::{Answer, Site, Visitor};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("login_leads_to_the_account_and_the_secured_pages", signs_in),
        trial("login_refuses_a_wrong_password", wrong_password),
        trial("login_needs_the_token_of_its_own_cookie", foreign_token),
        trial("a_login_token_works_once", used_token),
        trial("secured_pages_send_strangers_to_the_login", strangers),
        trial("logout_ends_the_session", signs_out),
        trial("the_wizard_collects_three_steps", wizard),
        trial("the_wizard_explains_bad_answers_and_keeps_good_ones", wizard_errors),
        trial("the_wizard_lets_nobody_skip_a_step", wizard_order),
        trial("the_shop_changes_as_it_is_told_and_stays_so", changing),
    ]
}

fn token(form: &Answer) -> String {
    form.between("name=\"csrf_token\" value=\"", "\"").to_owned()
}

fn sign_in(visitor: &mut Visitor<'_>, password: &str) -> Answer {
    let form = visitor.get("/login");
    visitor.post("/login", &format!("csrf_token={}&username=ada&password={password}", token(&form)))
}

fn signs_in() {
    let site = Site::start();
    let mut ada = site.visitor();
    let answer = sign_in(&mut ada, "lovelace");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/account")));
    let account = ada.follow(answer);
    assert_eq!(account.between("<title>", "</title>"), "Account of Ada");
    for number in 1..=20 {
        let report = ada.get(&format!("/secured/{number}"));
        assert_eq!((report.status, report.between("<h1>", "</h1>")), (200, &*format!("Report {number}")));
    }
    assert_eq!(ada.get("/secured/21").status, 404);
    assert_eq!(ada.get("/secured/20").count("rel=\"next\""), 0);
}

fn wrong_password() {
    let site = Site::start();
    let mut ada = site.visitor();
    let answer = sign_in(&mut ada, "byron");
    assert_eq!(answer.status, 401);
    assert_eq!(answer.between("role=\"alert\">", "<"), "Wrong user name or password.");
    assert_eq!(ada.get("/account").status, 303);
    let again = format!("csrf_token={}&username=ada&password=lovelace", token(&answer));
    assert_eq!(ada.post("/login", &again).status, 303);
}

fn foreign_token() {
    let site = Site::start();
    let (mut ada, mut eve) = (site.visitor(), site.visitor());
    let stolen = token(&ada.get("/login"));
    eve.get("/login");
    let form = format!("csrf_token={stolen}&username=ada&password=lovelace");
    assert_eq!(eve.post("/login", &form).status, 403);
    assert_eq!(site.visitor().post("/login", &form).status, 403, "without any cookie");
    assert_eq!(ada.post("/login", "username=ada&password=lovelace").status, 403, "without any token");
    assert_eq!(ada.post("/login", &form).status, 303);
}

fn used_token() {
    let site = Site::start();
    let mut ada = site.visitor();
    let form = format!("csrf_token={}&username=ada&password=lovelace", token(&ada.get("/login")));
    assert_eq!(ada.post("/login", &form).status, 303);
    assert_eq!(ada.post("/login", &form).status, 403);
}

fn strangers() {
    let site = Site::start();
    for path in ["/account?delay=1", "/secured/3?delay=1"] {
        let answer = site.get(path);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/login?delay=1")));
    }
}

fn signs_out() {
    let site = Site::start();
    let mut ada = site.visitor();
    sign_in(&mut ada, "lovelace");
    assert_eq!(ada.get("/account").status, 200);
    assert_eq!(ada.get("/logout").header("location"), Some("/login"));
    assert_eq!(ada.get("/account").status, 303);
}

fn wizard() {
    let site = Site::start();
    let mut ada = site.visitor();
    let start = ada.get("/wizard?delay=1");
    let first = ada.follow(start);
    assert_eq!(first.between("<p class=\"progress\">", "<"), "Step 1 of 3");
    assert_eq!(first.between("action=\"", "\""), "/wizard/1?delay=1");
    let second = ada.post("/wizard/1?delay=1", "name=Ada+%26+Co&email=ada%40example.com");
    assert_eq!((second.status, second.header("location")), (303, Some("/wizard/2?delay=1")));
    assert_eq!(ada.post("/wizard/2", "plan=pro&seats=3&newsletter=yes").header("location"), Some("/wizard/3"));
    let done = ada.post("/wizard/3", "comment=soon&terms=yes");
    let done = ada.follow(done);
    assert_eq!(done.between("<dd class=\"name\">", "<"), "Ada &amp; Co");
    assert_eq!(done.between("<dd class=\"plan\">", "<"), "pro");
    assert_eq!(done.between("<dd class=\"newsletter\">", "<"), "yes");
    assert_eq!(done.between("<dd class=\"comment\">", "<"), "soon");
}

fn wizard_errors() {
    let site = Site::start();
    let mut ada = site.visitor();
    ada.get("/wizard");
    let answer = ada.post("/wizard/1", "name=Ada&email=nowhere");
    assert_eq!(answer.status, 422);
    assert_eq!(answer.count("class=\"error\""), 1);
    assert_eq!(answer.between("name=\"name\" value=\"", "\""), "Ada");
    assert_eq!(ada.post("/wizard/1", "name=Ada&email=ada%40example.com").status, 303);
    assert_eq!(ada.post("/wizard/2", "plan=gold&seats=0").count("class=\"error\""), 2);
}

fn wizard_order() {
    let site = Site::start();
    assert_eq!(site.get("/wizard/2").header("location"), Some("/wizard"));
    let mut ada = site.visitor();
    ada.get("/wizard");
    for path in ["/wizard/2", "/wizard/3", "/wizard/done", "/wizard/9", "/wizard/0"] {
        assert_eq!(ada.get(path).header("location"), Some("/wizard/1"), "{path}");
    }
}

fn changing() {
    let site = Site::start();
    let rows = || {
        let answer = site.get("/changing");
        (answer.count("class=\"item\""), answer.count("class=\"price\""), answer.count(">21.99<"))
    };
    assert_eq!(rows(), (3, 3, 0));
    let change = |form: &str| site.visitor().post("/changing", form).status;
    assert_eq!((change("class=renamed&row=added"), rows()), (303, (4, 0, 0)));
    assert_eq!((change("price=21.99"), rows()), (303, (4, 0, 1)));
    // All of it or nothing.
    assert_eq!((change("class=original&price=cheap"), rows()), (400, (4, 0, 1)));
    assert_eq!((change("colour=red"), change("reset"), rows()), (400, 303, (3, 3, 0)));
    assert_eq!((site.get("/changing/3").status, site.get("/changing/4").status), (200, 404));
}
