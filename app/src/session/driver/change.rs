//! A sign-in or a sign-out of this tab, from its sending to its end.

use super::Driver;
use crate::{
    session::{Guard, Hint, machine::Event},
    wire::User,
};

/// A sign-in or a sign-out on its way. Dropped, it has failed, and the session goes on as it was.
pub struct Change<'d> {
    driver: &'d Driver,
    over: bool,
    /// Whether the browser was marked as signed out for it.
    marked: bool,
    /// Held until it is over.
    lock: Option<Guard>,
}

impl Driver {
    /// A sign-in or a sign-out is about to be sent: a refresh in flight is given up, here and in
    /// other tabs, and none is begun here until the change is over.
    pub fn begin_change(&self) -> Change<'_> {
        self.stop_farewell();
        self.apply(Event::ChangeBegins, None);
        self.port.tell(Hint::ChangeBegins);
        Change { driver: self, over: false, marked: false, lock: None }
    }
}

impl Change<'_> {
    /// Waits until no other tab is about to set token cookies.
    pub async fn locked(&mut self) {
        self.lock = Some(self.driver.port.lock().await);
    }

    /// From now on the browser counts as signed out, in all tabs, whatever comes of the request.
    pub fn mark_out(&mut self) {
        self.marked = true;
        self.driver.port.mark_out(true);
        self.driver.port.tell(Hint::SignedOut { offline: true });
    }

    /// Somebody signed in just now. When access token and session expire counts from now, where it is
    /// told.
    pub fn signed_in(
        mut self,
        user: User,
        access_expires_in_s: Option<u64>,
        session_ends_in_s: Option<u64>,
    ) {
        self.over = true;
        // Nothing of the app runs while it is held.
        self.lock = None;
        let access = self.driver.fresh(access_expires_in_s);
        self.driver.forget_farewell();
        self.driver.session_goes_on(session_ends_in_s);
        self.driver.apply(Event::SignedIn { user, access }, None);
        self.driver.tell(Hint::SignedIn);
    }

    /// The person signed out just now.
    pub fn signed_out(mut self) {
        self.over = true;
        self.lock = None;
        self.driver.forget_farewell();
        self.driver.apply(Event::SignedOut { offline: false }, None);
        self.driver.port.tell(Hint::SignedOut { offline: false });
    }

    /// The person signs out, and the server cannot be told yet: it will be.
    pub fn signed_out_offline(mut self) {
        self.over = true;
        self.lock = None;
        if !self.marked {
            self.mark_out();
        }
        self.driver.apply(Event::SignedOut { offline: true }, None);
        self.driver.owe_farewell();
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        if self.marked {
            self.driver.port.mark_out(false);
        }
        self.driver.apply(Event::ChangeFailed, None);
        self.driver.port.tell(Hint::ChangeFailed);
        if self.marked {
            // The others are out already, for nothing.
            self.driver.tell(Hint::SignedIn);
        }
        if self.driver.owes_farewell() {
            self.driver.farewell_later(None);
        }
    }
}
