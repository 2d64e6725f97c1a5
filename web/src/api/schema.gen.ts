// Made of the OpenAPI document by `make web-types`. Not to be edited.
export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process runs
         * @description For everybody.
         */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * May this process be sent requests?
         * @description 503 where the database or Redis does not answer, or where it is stopping.
         *
         *     For everybody.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures in Prometheus's text format: of all API processes, and Triton's engine time where its address is set
         * @description For everybody.
         */
        get: operations["prometheus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys of access tokens (a JWK Set, RFC 7517)
         * @description Fetch it again where a token names a `kid` that is not among them. A key is listed before it signs, and until its last tokens have ended.
         *
         *     For everybody.
         */
        get: operations["jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens to one's own jobs and those of one's teams, as it happens (server-sent events)
         * @description The first line is a comment: from then on nothing is missed. `id` stands with states alone.
         *
         *     Needs the permission `job:read`.
         */
        get: operations["job_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens to one job, as it happens (server-sent events): its state now first
         * @description Ends when the job has ended.
         *
         *     Needs the permission `job:read`.
         */
        get: operations["events_of_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account, with an organisation of its own whose admin one is, and sign in
         * @description A mail with a link that confirms the address is sent to it.
         *
         *     For everybody.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with a password
         * @description The answer is the same, and comes as late, whether there is no such account or the password is wrong. After some wrong ones, 429 says in Retry-After when the next may be tried.
         *
         *     For everybody.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Swap a refresh token for the next access and refresh tokens
         * @description Each refresh token is good once. One that comes a second time has two holders, so its whole session ends. Tabs of one browser should share their tokens and take turns (`navigator.locks`): of two requests with one token at the same instant, one gets tokens and the other 409.
         *
         *     For everybody.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session of the access token that is sent, at once and with all its tokens
         * @description For people who signed in; not for API keys.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go on in the name of another organisation that one belongs to
         * @description The session's tokens before end.
         *
         *     Not for the web UI's session, which has no tokens: `/browser/switch`.
         *
         *     For people who signed in; not for API keys.
         */
        post: operations["switch_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/browser/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is this browser signed in, and as whom?
         * @description Never 401: the answer says `signed_in: false`. Keeps the cookie for as long as a session lives without use.
         *
         *     For everybody.
         */
        get: operations["browser_session"];
        put?: never;
        post?: never;
        /**
         * Sign this browser out: the session ends at once, and the cookie goes
         * @description 204 too where there was none.
         *
         *     For everybody.
         */
        delete: operations["browser_logout"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/browser/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign this browser in with a password: `/auth/login`, with a cookie instead of tokens
         * @description For everybody.
         */
        post: operations["browser_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/browser/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account and sign this browser in: `/auth/register`, with a cookie instead of tokens
         * @description For everybody.
         */
        post: operations["browser_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/browser/invitations/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account for an invited address: `/invitations/register`, with a cookie instead of tokens
         * @description For everybody.
         */
        post: operations["browser_register_invited"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/browser/oauth/exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign this browser in with the code that a login through a provider ended with, once, within a minute
         * @description For everybody.
         */
        post: operations["browser_exchange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/browser/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go on in the name of another organisation that one belongs to; the cookie stays
         * @description Live connections of the one before end with 4401.
         *
         *     For everybody.
         */
        post: operations["browser_switch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who the caller is
         * @description For everybody who is signed in.
         */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change one's name
         * @description What access tokens say follows when they are refreshed.
         *
         *     For people who signed in; not for API keys.
         */
        patch: operations["change_me"];
        trace?: never;
    };
    "/api/v1/me/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Keep how a user interface shall look and behave, in place of what was kept: any JSON object, 16 KB at most
         * @description `/me` has it as `preferences`, for whichever browser one signs in with.
         *
         *     For people who signed in; not for API keys.
         */
        put: operations["set_preferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/oauth/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Providers that one may sign in with, all on one page
         * @description For everybody.
         */
        get: operations["list_login_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/oauth/{provider}/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Send the browser to a provider to sign in there
         * @description It comes back to `redirect_to` with `#login_code=…`, for `/auth/oauth/exchange` or `/browser/oauth/exchange`, or with `#login_error=…`: access_denied, email_unverified, account_unconfirmed, account_disabled, provider_unavailable or provider_error.
         *
         *     For everybody.
         */
        get: operations["begin_provider_login"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/oauth/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the provider sends the browser back to
         * @description Nothing for programs.
         *
         *     400 where this browser has not begun this login; a page of the web UI says so (`#login_error=not_begun`).
         *
         *     For everybody.
         */
        get: operations["finish_provider_login"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/oauth/exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Swap the code that a login through a provider ended with for tokens
         * @description From the same browser, within a minute, once.
         *
         *     For everybody.
         */
        post: operations["exchange_login_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/forgot-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a mail with a link to a new password
         * @description The answer is the same, and comes as soon, whether there is such an account or not.
         *
         *     For everybody.
         */
        post: operations["forgot_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password with the token of the mail, which is good once, for 30 minutes
         * @description All sessions end.
         *
         *     For everybody.
         */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm one's mail address with the token of the mail that was sent to it
         * @description For people who signed in; not for API keys.
         */
        post: operations["verify_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for another mail with a link that confirms one's address
         * @description For people who signed in; not for API keys.
         */
        post: operations["resend_verification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change one's password
         * @description All other sessions end; API keys go on.
         *
         *     For people who signed in; not for API keys.
         */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where one is signed in, in all organisations, the oldest first
         * @description For people who signed in; not for API keys.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        /**
         * End all of one's sessions but this one
         * @description For people who signed in; not for API keys.
         */
        delete: operations["revoke_other_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of one's sessions, at once and with all its tokens
         * @description For people who signed in; not for API keys.
         */
        delete: operations["revoke_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own keys; with `api_key:manage`, everybody's in the organisation
         * @description Revoked ones are not listed.
         *
         *     Needs the permission `api_key:read`.
         */
        get: operations["list_api_keys"];
        put?: never;
        /**
         * Make a key for a program, limited to some of one's own permissions
         * @description The answer shows it this once.
         *
         *     What the key may do is what its scopes and its owner's role both allow, at any time. Keys make no keys: sign in for that.
         *
         *     Needs the permission `api_key:create`.
         */
        post: operations["create_api_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{api_key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a key at once: one's own; with `api_key:manage`, anybody's in the organisation
         * @description Needs the permission `api_key:revoke`.
         */
        delete: operations["revoke_api_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The organisations that the caller belongs to
         * @description For people who signed in; not for API keys.
         */
        get: operations["list_organisations"];
        put?: never;
        /**
         * Make another organisation, whose admin one is
         * @description The token stays for the one it is for.
         *
         *     For people who signed in; not for API keys.
         */
        post: operations["create_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/organisations/{organisation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The caller's organisation, its tier and what that allows
         * @description Needs the permission `organisation:read`.
         */
        get: operations["get_organisation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename the caller's organisation
         * @description Needs the permission `organisation:update`.
         */
        patch: operations["update_organisation"];
        trace?: never;
    };
    "/api/v1/organisations/{organisation_id}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Leave the organisation that the token is for
         * @description Sessions, API keys and jobs in its name end; its last admin stays.
         *
         *     For people who signed in; not for API keys.
         */
        post: operations["leave_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who belongs to the organisation, and as what
         * @description Needs the permission `member:read`.
         */
        get: operations["list_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One member
         * @description Needs the permission `member:read`.
         */
        get: operations["get_member"];
        put?: never;
        post?: never;
        /**
         * Remove a member
         * @description Their sessions and API keys in the organisation's name end at once, their jobs are cancelled.
         *
         *     Needs the permission `member:remove`.
         */
        delete: operations["remove_member"];
        options?: never;
        head?: never;
        /**
         * Give a member another role or team
         * @description Neither the role before nor the one after may have permissions that the caller lacks. The member's access tokens must be refreshed then. The last admin stays one.
         *
         *     Needs the permission `member:update`.
         */
        patch: operations["update_member"];
        trace?: never;
    };
    "/api/v1/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The organisation's teams
         * @description Needs the permission `team:read`.
         */
        get: operations["list_teams"];
        put?: never;
        /**
         * Make a team
         * @description Who makes it is its first member.
         *
         *     Needs the permission `team:create`.
         */
        post: operations["create_team"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One team
         * @description Needs the permission `team:read`.
         */
        get: operations["get_team"];
        put?: never;
        post?: never;
        /**
         * Remove a team that one is in; any, with `team:manage`
         * @description Its members stay members of the organisation.
         *
         *     Needs the permission `team:delete`.
         */
        delete: operations["delete_team"];
        options?: never;
        head?: never;
        /**
         * Rename a team that one is in; any, with `team:manage`
         * @description Needs the permission `team:update`.
         */
        patch: operations["update_team"];
        trace?: never;
    };
    "/api/v1/teams/{team_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is in a team
         * @description Needs the permission `team:read`.
         */
        get: operations["list_team_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{team_id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Put a member of the organisation into a team that one is in; any, with `team:manage`
         * @description Needs the permission `team:update`.
         */
        put: operations["add_team_member"];
        post?: never;
        /**
         * Take somebody out of a team that one is in; any, with `team:manage`
         * @description Needs the permission `team:update`.
         */
        delete: operations["remove_team_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The built-in roles, which stand on the first page beside its `limit`, and the organisation's own
         * @description Needs the permission `role:read`.
         */
        get: operations["list_roles"];
        put?: never;
        /**
         * Make a role of permissions that one has
         * @description Needs the permission `role:create`.
         */
        post: operations["create_role"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{role_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One role
         * @description Needs the permission `role:read`.
         */
        get: operations["get_role"];
        put?: never;
        post?: never;
        /**
         * Remove a role of the organisation's own that nobody has
         * @description Needs the permission `role:delete`.
         */
        delete: operations["delete_role"];
        options?: never;
        head?: never;
        /**
         * Rename a role of the organisation's own, or change what its bearers may do
         * @description Their tokens must be refreshed.
         *
         *     Needs the permission `role:update`.
         */
        patch: operations["update_role"];
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open invitations: those to teams that one is in; all, with `team:manage`
         * @description Needs the permission `invitation:read`.
         */
        get: operations["list_invitations"];
        put?: never;
        /**
         * Invite an address by mail, to a role that may do no more than the caller
         * @description The mail's link is good once, for 7 days, and for that address alone. Inviting it again takes the link before back.
         *
         *     Needs the permission `invitation:create`.
         */
        post: operations["create_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{invitation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take an open invitation back
         * @description Needs the permission `invitation:revoke`.
         */
        delete: operations["revoke_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What an invitation is to, and whether the invited address has an account
         * @description For everybody.
         */
        post: operations["preview_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Become a member of the organisation that invited the caller's mail address
         * @description The token stays for the organisation it is for: `/auth/switch` changes that.
         *
         *     For people who signed in; not for API keys.
         */
        post: operations["accept_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account for the invited address, become a member and sign in
         * @description For everybody.
         */
        post: operations["register_invited"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, on what, from where: the latest first
         * @description `since` ≤ time < `until`; times without a zone are UTC.
         *
         *     Needs the permission `audit:read`.
         */
        get: operations["list_audit_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that no event was changed, removed, added or put elsewhere since it was written
         * @description Tells the first bad one and what is wrong with it. Who rules the database could make all hashes anew: keep `rows` and `head` of an answer elsewhere, and send them as `anchor_sequence` and `anchor_hash` later, and that is noticed too.
         *
         *     Needs the permission `audit:read`.
         */
        get: operations["verify_audit_chain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All events in order, as JSON lines or CSV, with the hashes, so that others can check the chain themselves
         * @description `after` < sequence ≤ `until` limits it. control/audit/checker.py checks such a file and needs nothing but Python.
         *
         *     Needs the permission `audit:export`.
         */
        get: operations["export_audit_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own jobs and those of one's teams, the latest first; with `job:manage`, everybody's
         * @description Needs the permission `job:read`.
         */
        get: operations["list_jobs"];
        put?: never;
        /**
         * Submit a job: its credits are set aside, and it is put in line
         * @description It is painted when a worker is free. Watch it over `/ws`, `/api/v1/events` or a webhook.
         *
         *     Needs the permission `job:create`.
         */
        post: operations["submit_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generate/txt2img": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a job that paints pictures of words
         * @description The short form of `POST /jobs`.
         *
         *     Needs the permission `job:create`.
         */
        post: operations["generate_txt2img"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generate/img2img": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a job that paints another picture anew
         * @description The short form of `POST /jobs`.
         *
         *     Needs the permission `job:create`.
         */
        post: operations["generate_img2img"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generate/inpaint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a job that paints a part of a picture anew
         * @description What the feathered mask does not choose stays as it is.
         *
         *     Needs the permission `job:create`.
         */
        post: operations["generate_inpaint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generate/outpaint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a job that paints a picture further, at any of its sides
         * @description Needs the permission `job:create`.
         */
        post: operations["generate_outpaint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generate/upscale": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a job that makes a picture larger
         * @description Needs the permission `job:create`.
         */
        post: operations["generate_upscale"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generate/preprocess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a job that makes the hint of a picture that a ControlNet is shown
         * @description Needs the permission `job:create`.
         */
        post: operations["generate_preprocess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One job
         * @description Needs the permission `job:read`.
         */
        get: operations["get_job"];
        put?: never;
        post?: never;
        /**
         * Cancel a job of one's own; with `job:manage`, anybody's
         * @description One that waits ends at once, and its credits come back. One that runs is asked to stop, which takes a step: it is CANCELLED then, or was quicker. Cancelling a cancelled job changes nothing.
         *
         *     Needs the permission `job:create`.
         */
        delete: operations["cancel_job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a job is
         * @description `/ws` and `/api/v1/events` tell without being asked.
         *
         *     Needs the permission `job:read`.
         */
        get: operations["get_job_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/outputs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The pictures of a job; none before it is completed
         * @description Needs the permission `job:read`.
         */
        get: operations["list_job_outputs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every state that a job came to, and when
         * @description Needs the permission `job:read`.
         */
        get: operations["list_job_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit the same request, seed and all, as an ended job of one's own once more
         * @description It is a job of its own.
         *
         *     Needs the permission `job:create`.
         */
        post: operations["retry_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a job that waits elsewhere among one's own: first, last, or before another
         * @description Others' places stay.
         *
         *     Needs the permission `job:create`.
         */
        post: operations["move_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a job of one's own that waits out of line
         * @description Its credits stay set aside.
         *
         *     Needs the permission `job:create`.
         */
        post: operations["pause_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a paused job back to its place in line
         * @description Needs the permission `job:create`.
         */
        post: operations["resume_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The addresses that are told of the organisation's jobs
         * @description Needs the permission `webhook:read`.
         */
        get: operations["list_webhooks"];
        put?: never;
        /**
         * Have an address told of the organisation's jobs
         * @description The answer shows the secret this once.
         *
         *     Messages are signed as [Standard Webhooks](https://www.standardwebhooks.com) say: any of its libraries verifies them.
         *
         *     Needs the permission `webhook:manage`.
         */
        post: operations["create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One webhook
         * @description Needs the permission `webhook:read`.
         */
        get: operations["get_webhook"];
        put?: never;
        post?: never;
        /**
         * Remove a webhook, with the log of what was sent to it
         * @description Needs the permission `webhook:manage`.
         */
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook; disable it, or enable one that was disabled
         * @description Needs the permission `webhook:manage`.
         */
        patch: operations["update_webhook"];
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook another secret, shown this once
         * @description For 24 hours messages are signed with the one before as well.
         *
         *     Needs the permission `webhook:manage`.
         */
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a webhook a message of the type `webhook.test`, whatever events it is told
         * @description Its delivery shows what came of it.
         *
         *     Needs the permission `webhook:manage`.
         */
        post: operations["send_webhook_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent to a webhook, or is to be, with every attempt; the latest first
         * @description Kept for 30 days.
         *
         *     Needs the permission `webhook:read`.
         */
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One message to a webhook, with every attempt
         * @description Needs the permission `webhook:read`.
         */
        get: operations["get_webhook_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a message once more, under the same `webhook-id`
         * @description Needs the permission `webhook:manage`.
         */
        post: operations["replay_webhook_delivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the organisation has, what its jobs hold, and when the next grant comes
         * @description Needs the permission `credit:read`.
         */
        get: operations["get_credits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credits/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that happened to the organisation's credits, the latest first
         * @description Needs the permission `credit:read`.
         */
        get: operations["list_credit_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What work costs
         * @description Needs the permission `credit:read`.
         */
        get: operations["list_prices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a request would cost; it binds for 5 minutes
         * @description A job submitted with its `quote_id` costs just that, once, if the request is the same but for its seeds.
         *
         *     Needs the permission `job:create`.
         */
        post: operations["create_quote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was spent, by day, member, team, model or kind of job: this month's, or from `since` on and before `until`
         * @description 366 days at most; times without a zone are UTC.
         *
         *     Needs the permission `credit:read`.
         */
        get: operations["get_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/spending-limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The limits of spending, and what is spent of each this month
         * @description Needs the permission `credit:read`.
         */
        get: operations["list_spending_limits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/spending-limits/organisation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Limit what the whole organisation may spend in a month
         * @description Needs the permission `credit:manage`.
         */
        put: operations["set_organisation_spending_limit"];
        post?: never;
        /**
         * Remove the organisation's limit
         * @description Needs the permission `credit:manage`.
         */
        delete: operations["remove_organisation_spending_limit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/spending-limits/teams/{team_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Limit what may be spent in a month on jobs for a team
         * @description Needs the permission `credit:manage`.
         */
        put: operations["set_team_spending_limit"];
        post?: never;
        /**
         * Remove a team's limit
         * @description Needs the permission `credit:manage`.
         */
        delete: operations["remove_team_spending_limit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/spending-limits/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Limit what a member may spend in a month
         * @description Needs the permission `credit:manage`.
         */
        put: operations["set_member_spending_limit"];
        post?: never;
        /**
         * Remove a member's limit
         * @description Needs the permission `credit:manage`.
         */
        delete: operations["remove_member_spending_limit"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Pictures and other files: one's own and those of one's teams; everybody's, with `asset:manage`
         * @description The newest first; with `text`, the most relevant. `created_after` ≤ time < `created_before`; times without a zone are UTC.
         *
         *     Needs the permission `asset:read`.
         */
        get: operations["list_assets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the organisation's files take, of what its tier allows
         * @description Needs the permission `asset:read`.
         */
        get: operations["get_asset_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the assets that one sees can be filtered by: their tags, checkpoints and times
         * @description Needs the permission `asset:read`.
         */
        get: operations["get_asset_facets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/undelete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring several of one's assets back from the bin: all, or none where one is not there
         * @description Needs the permission `asset:delete`.
         */
        post: operations["undelete_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put several of one's assets into the bin, or remove them for good: all, or none where one is not there
         * @description Needs the permission `asset:delete`.
         */
        post: operations["delete_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/tag": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put tags on several of one's assets, and take others off: all, or none where one is not there
         * @description Needs the permission `asset:update`.
         */
        post: operations["tag_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that is known of an asset: how it was made, its renditions, what it was made of, its boards
         * @description Needs the permission `asset:read`.
         */
        get: operations["get_asset"];
        put?: never;
        post?: never;
        /**
         * Put an asset of one's own into the bin, out of which it can be brought back for 30 days; or remove it for good
         * @description What was removed for good makes room in the organisation's storage within the hour.
         *
         *     Needs the permission `asset:delete`.
         */
        delete: operations["delete_asset"];
        options?: never;
        head?: never;
        /**
         * Name, tag, rate or share an asset of one's own
         * @description Needs the permission `asset:update`.
         */
        patch: operations["update_asset"];
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/undelete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring an asset of one's own back from the bin
         * @description Needs the permission `asset:delete`.
         */
        post: operations["undelete_asset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an asset was made of, and what was made of it, over generations
         * @description Needs the permission `asset:read`.
         */
        get: operations["get_asset_lineage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for an asset's bytes from the archive
         * @description They can be read when its `storage` is `hot` again.
         *
         *     How long that takes is the storage's: seconds with storage of one's own, hours with a cloud's archive.
         *
         *     Needs the permission `asset:update`.
         */
        post: operations["restore_asset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bytes of an asset, or of a smaller form of it: whole, or one part
         * @description They never change, so that they may be kept for good; ETag is their SHA-256. What is in the archive answers 409 until `/restore` has brought it back.
         *
         *     Needs the permission `asset:read`.
         */
        get: operations["get_asset_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own boards and those of one's teams, the newest first; everybody's, with `asset:manage`
         * @description Needs the permission `asset:read`.
         */
        get: operations["list_boards"];
        put?: never;
        /**
         * Make a board, for oneself or for a team that one is in
         * @description Needs the permission `asset:update`.
         */
        post: operations["create_board"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boards/{board_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One board
         * @description Needs the permission `asset:read`.
         */
        get: operations["get_board"];
        put?: never;
        post?: never;
        /**
         * Remove a board of one's own
         * @description What is on it stays.
         *
         *     Needs the permission `asset:update`.
         */
        delete: operations["delete_board"];
        options?: never;
        head?: never;
        /**
         * Rename a board of one's own, or share it with another team
         * @description Needs the permission `asset:update`.
         */
        patch: operations["update_board"];
        trace?: never;
    };
    "/api/v1/boards/{board_id}/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is on a board, in the order in which it was put there, as far as one may see it
         * @description A team's board does not share what is on it: an asset is shared by its own `team_id`.
         *
         *     Needs the permission `asset:read`.
         */
        get: operations["list_board_assets"];
        put?: never;
        /**
         * Put several assets on a board of one's own or of a team that one is in: all, or none where one is not there
         * @description Needs the permission `asset:update`.
         */
        post: operations["add_board_assets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/boards/{board_id}/assets/{asset_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Put an asset on a board of one's own or of a team that one is in
         * @description Needs the permission `asset:update`.
         */
        put: operations["add_board_asset"];
        post?: never;
        /**
         * Take an asset off a board of one's own or of a team that one is in
         * @description Needs the permission `asset:update`.
         */
        delete: operations["remove_board_asset"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a picture
         * @description It is decoded before it is kept, and cleaned of EXIF, XMP, comments and whatever else it carries; what it says of how it was painted (`parameters`, `prompt`, `workflow`) is read first, and kept as metadata. AVIF and GIF become PNG. 422 says in `reason` why a file is not taken: empty, wrong_type, truncated, damaged, animated, polyglot, bomb, too_many_pixels, unsupported, too_slow.
         *
         *     Needs the permission `asset:create`.
         */
        post: operations["upload_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/multipart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to send a picture in parts, straight to the storage
         * @description PUT each part's bytes to its `url`, in any order and side by side, then complete the upload. After a break, ask for it again: it says what has arrived, and has new addresses for the rest.
         *
         *     Needs the permission `asset:create`.
         */
        post: operations["begin_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/multipart/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How one's upload stands, with new addresses for what has not arrived
         * @description Needs the permission `asset:create`.
         */
        get: operations["show_upload"];
        put?: never;
        post?: never;
        /**
         * End one's upload and remove what has arrived
         * @description Needs the permission `asset:create`.
         */
        delete: operations["cancel_upload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/multipart/{upload_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a file of an upload whose parts have all arrived
         * @description It is looked at as a file that is sent in one request; one that is not taken ends the upload.
         *
         *     Needs the permission `asset:create`.
         */
        post: operations["complete_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An address that downloads a file, for whoever has it, until it expires
         * @description Needs the permission `asset:read`.
         */
        get: operations["link_to_asset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/archives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for one ZIP of many assets, by their ids or as `GET /assets` finds them: 1,000 files at most
         * @description It is packed while it is fetched, for 24 hours: pictures as they are, and manifest.json with how each was made.
         *
         *     Needs the permission `asset:read`.
         */
        post: operations["create_asset_archive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/archives/{archive_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The ZIP, of those of its files that one still sees
         * @description Needs the permission `asset:read`.
         */
        get: operations["get_asset_archive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Links of a picture of one's own that still open it
         * @description Needs the permission `asset:read`.
         */
        get: operations["list_asset_links"];
        put?: never;
        /**
         * Make a link that shows a picture of one's own to whoever has it, without an account
         * @description It is shown this once.
         *
         *     Needs the permission `asset:update`.
         */
        post: operations["create_asset_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{asset_id}/links/{asset_link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a link at once
         * @description Needs the permission `asset:update`.
         */
        delete: operations["revoke_asset_link"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shared/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a link shows: a picture, and neither who made it nor how
         * @description For everybody.
         */
        get: operations["get_shared_asset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shared/{token}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bytes of a link's picture: the same pixels, without what its file says of how it was made
         * @description For everybody.
         */
        get: operations["get_shared_content"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own workflows and those of one's teams, the newest first; everybody's, with `workflow:manage`
         * @description Needs the permission `workflow:read`.
         */
        get: operations["list_workflows"];
        put?: never;
        /**
         * Keep a workflow: as a graph, as an editor's document, or as both
         * @description It is private, and need not be able to run.
         *
         *     Needs the permission `workflow:create`.
         */
        post: operations["create_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/community": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public workflows of everybody in this installation: of all organisations, with the names of their authors
         * @description Needs the permission `workflow:read`.
         */
        get: operations["list_community_workflows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep the workflow of a file: of our own JSON, of ComfyUI's API form or its editor's, or in a PNG or WebP
         * @description What it is is told by what is in it.
         *
         *     Needs the permission `workflow:create`.
         */
        post: operations["import_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A workflow with its newest version: one's own, one's team's, a public one, or one that one has a link of
         * @description Needs the permission `workflow:read`.
         */
        get: operations["get_workflow"];
        put?: never;
        post?: never;
        /**
         * Remove a workflow of one's own with all its versions, for good
         * @description Forks of it stay.
         *
         *     Needs the permission `workflow:create`.
         */
        delete: operations["delete_workflow"];
        options?: never;
        head?: never;
        /**
         * Name, describe or tag a workflow of one's own, or give it a picture
         * @description What it does is changed by a new version.
         *
         *     Needs the permission `workflow:create`.
         */
        patch: operations["update_workflow"];
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make another workflow with the newest version of one's own, or of one of a team that one is in
         * @description Needs the permission `workflow:create`.
         */
        post: operations["duplicate_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a workflow of one's own with the newest version of one that one sees, and say so in `forked_from`
         * @description Needs the permission `workflow:create`.
         */
        post: operations["fork_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every version that was saved, the newest first
         * @description Needs the permission `workflow:read`.
         */
        get: operations["list_workflow_versions"];
        put?: never;
        /**
         * Save a workflow of one's own, or of a team that one is in
         * @description What is as it was makes no new version.
         *
         *     409, with the newest version in `current`, where `base_version` is not the newest one's number.
         *
         *     Needs the permission `workflow:create`.
         */
        post: operations["save_workflow_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One version with all that is in it
         * @description Needs the permission `workflow:read`.
         */
        get: operations["get_workflow_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/versions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Save an earlier version as the newest one
         * @description What came between stays.
         *
         *     Needs the permission `workflow:create`.
         */
        post: operations["restore_workflow_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is different in one version from another; from the one before the newest to the newest, unless said
         * @description Needs the permission `workflow:read`.
         */
        get: operations["diff_workflow_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A version as a file
         * @description Needs the permission `workflow:read`.
         */
        get: operations["export_workflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say who may see a workflow of one's own
         * @description Links end when its visibility is another than `link`.
         *
         *     What is public is shown to people of other organisations: name, description, tags, picture, all versions, and the author's name; nothing else of the author or the organisation.
         *
         *     Needs the permission `workflow:create`.
         */
        post: operations["share_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Links that open a workflow of one's own
         * @description Needs the permission `workflow:create`.
         */
        get: operations["list_workflow_links"];
        put?: never;
        /**
         * Make a link that opens a workflow of one's own, whose visibility is `link`, to whoever is signed in and has it
         * @description It is shown this once, and holds until it is revoked.
         *
         *     Needs the permission `workflow:create`.
         */
        post: operations["create_workflow_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/links/{link_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a link
         * @description Forks that were made by it stay.
         *
         *     Needs the permission `workflow:create`.
         */
        delete: operations["revoke_workflow_link"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/star": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Mark a workflow that one sees
         * @description Needs the permission `workflow:read`.
         */
        put: operations["star_workflow"];
        post?: never;
        /**
         * Take one's mark off
         * @description Needs the permission `workflow:read`.
         */
        delete: operations["unstar_workflow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The picture of a workflow that one sees, as a small WebP
         * @description Needs the permission `workflow:read`.
         */
        get: operations["get_workflow_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look a workflow through without running it: everything that is wrong, and what it would come to
         * @description Needs the permission `job:create`.
         */
        post: operations["validate_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit a job that runs a kept workflow which one sees, with other values for some of its inputs if wanted
         * @description Needs the permission `job:create`.
         */
        post: operations["run_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/inputs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The values of a workflow that one sees as a form: what each is, may be, and what there is to choose
         * @description Needs the permission `workflow:read`.
         */
        get: operations["list_workflow_inputs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/workflow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keep what a job that one sees was asked for as a workflow of one's own: run again, it paints the same pictures
         * @description Needs the permission `workflow:create`.
         */
        post: operations["create_workflow_from_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Workflows that run as they are on the embedded checkpoint
         * @description They all come at once.
         *
         *     For everybody.
         */
        get: operations["list_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/templates/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A template as a graph and as an editor's document
         * @description Keep it with `POST /api/v1/workflows`, run it with `POST /api/v1/jobs`.
         *
         *     For everybody.
         */
        get: operations["get_template"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/templates/{name}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a template painted, as a WebP
         * @description For everybody.
         */
        get: operations["get_template_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Node types that a workflow may have, with what the caller can choose in each
         * @description They all come at once.
         *
         *     Needs the permission `workflow:read`.
         */
        get: operations["list_node_types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Checkpoints and files that go with them: everybody's and the organisation's own, by type and name
         * @description Needs the permission `model:read`.
         */
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Those of a type, of a family, with words in their names or details, or that go with a checkpoint
         * @description Needs the permission `model:read`.
         */
        get: operations["search_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/loras": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * LoRAs: `loras[].name` of a request, `<lora:NAME:1>` in its prompt, LoraLoader in a workflow
         * @description Needs the permission `model:read`.
         */
        get: operations["list_loras"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/embeddings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Textual inversions: `embedding:NAME` in prompts
         * @description Needs the permission `model:read`.
         */
        get: operations["list_embeddings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/controlnets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * ControlNets: `controls[].name` of a request, ControlNetLoader in a workflow
         * @description Needs the permission `model:read`.
         */
        get: operations["list_controlnets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One of them
         * @description Needs the permission `model:read`.
         */
        get: operations["get_model"];
        put?: never;
        post?: never;
        /**
         * Take a file of the organisation's own away
         * @description Jobs that are under way keep it; new ones do not find it.
         *
         *     Needs the permission `model:manage`.
         */
        delete: operations["remove_model"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a form for requests in plain fields chooses from: samplers, schedules, upscalers, preprocessors, bounds, and for each checkpoint sizes and defaults that suit it
         * @description Needs the permission `model:read`.
         */
        get: operations["get_options"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/styles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ways to paint whatever a prompt says
         * @description They all come at once.
         *
         *     For everybody.
         */
        get: operations["list_styles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/styles/{name}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a style painted, as a WebP
         * @description For everybody.
         */
        get: operations["get_style_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prompts/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a prompt may begin with, or go on with, in words that the checkpoint understands
         * @description They all come at once.
         *
         *     Needs the permission `model:read`.
         */
        get: operations["list_prompt_suggestions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prompts/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prompts of one's own jobs in plain fields, each pair of prompt and negative prompt once, the latest first
         * @description Needs the permission `job:read`.
         */
        get: operations["list_prompt_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prompts/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a prompt comes to: its chunks of tokens by the checkpoint's own tokenizer, and what is wrong in it
         * @description Needs the permission `model:read`.
         */
        post: operations["count_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Presets: one's own, those of one's teams and of the whole organisation, the newest first
         * @description Needs the permission `workflow:read`.
         */
        get: operations["list_presets"];
        put?: never;
        /**
         * Keep settings by a name
         * @description What names a field of a request must be what that takes.
         *
         *     Needs the permission `workflow:create`.
         */
        post: operations["create_preset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/presets/{preset_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One preset
         * @description Needs the permission `workflow:read`.
         */
        get: operations["get_preset"];
        put?: never;
        post?: never;
        /**
         * Remove a preset of one's own; with `workflow:manage`, anybody's
         * @description Needs the permission `workflow:create`.
         */
        delete: operations["delete_preset"];
        options?: never;
        head?: never;
        /**
         * Rename, change or share a preset of one's own; with `workflow:manage`, anybody's
         * @description Needs the permission `workflow:create`.
         */
        patch: operations["update_preset"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Accepted
         * @description It will be seen to.
         */
        Accepted: {
            detail: string;
        };
        /**
         * ApiKeyInfo
         * @description A key, without what proves it.
         */
        ApiKeyInfo: {
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description In whose name it acts.
             */
            user_id: string;
            /**
             * @description Their mail address.
             * @example ada@example.com
             */
            email: string;
            name: string;
            /**
             * @description How the key begins.
             * @example sk_Zk3wPq9A
             */
            prefix: string;
            scopes: string[];
            created_at: string;
            expires_at: string | null;
            /** @description Written at most once a minute. */
            last_used_at: string | null;
        };
        /**
         * Archive
         * @description A ZIP that can be fetched.
         */
        Archive: {
            /** Format: uuid */
            id: string;
            /**
             * @description Needs the same authorization as this.
             * @example /api/v1/assets/archives/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de
             */
            url: string;
            /** @description That are in it, beside manifest.json. */
            files: number;
            /** @description Whose bytes lie in the archive of the storage: restore them first. */
            left_out: number;
            /** @description Of the ZIP, but for its manifest. */
            bytes_estimated: number;
            expires_at: string;
        };
        /**
         * ArchiveFilter
         * @description Which assets: as parameters of `GET /assets`.
         */
        ArchiveFilter: {
            /** @default null */
            text?: string | null;
            /** @default null */
            model?: string | null;
            /** @default null */
            kind?: ("output" | "upload") | null;
            /** @default null */
            job_id?: string | null;
            /** @default null */
            board_id?: string | null;
            /** @default null */
            team_id?: string | null;
            /**
             * @default []
             * @example []
             */
            tags?: string[];
            /** @default null */
            rating_min?: number | null;
            /** @default null */
            created_after?: string | null;
            /** @default null */
            created_before?: string | null;
            /** @default false */
            mine?: boolean;
        };
        /**
         * Asset
         * @description A picture, or another file.
         */
        Asset: {
            /** Format: uuid */
            id: string;
            /**
             * @description output or upload
             * @example output
             */
            kind: string;
            name: string;
            /** @example image/png */
            media_type: string;
            /** @description Bytes. */
            size: number;
            /**
             * @description Of its bytes.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            sha256: string;
            /** @description Pixels. */
            width: number;
            height: number;
            prompt: string;
            /** @description The checkpoint that painted it; empty for uploads. */
            model: string;
            job_id: string | null;
            /** @description Among the job's pictures, from 0. */
            place: number;
            /**
             * Format: uuid
             * @description Whose it is.
             */
            user_id: string;
            /** @description The team that sees it too. */
            team_id: string | null;
            /** @description 0 is none. */
            rating: number;
            tags: string[];
            /** @description Is it removed 24 hours after it was made? */
            temporary: boolean;
            /**
             * @description archived: its bytes must be asked back (`/restore`) before they can be read.
             * @enum {unknown}
             */
            storage: "archived" | "hot" | "restoring";
            created_at: string;
            /** @description When it was put into the bin; it is removed 30 days later. */
            deleted_at: string | null;
            /**
             * @description Its bytes.
             * @example /api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content
             */
            url: string;
            /** @description A small WebP of it; null for what is no picture. */
            thumbnail_url: string | null;
        };
        /**
         * AssetDetails
         * @description All that is known of an asset.
         */
        AssetDetails: {
            /** Format: uuid */
            id: string;
            /**
             * @description output or upload
             * @example output
             */
            kind: string;
            name: string;
            /** @example image/png */
            media_type: string;
            /** @description Bytes. */
            size: number;
            /**
             * @description Of its bytes.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            sha256: string;
            /** @description Pixels. */
            width: number;
            height: number;
            prompt: string;
            /** @description The checkpoint that painted it; empty for uploads. */
            model: string;
            job_id: string | null;
            /** @description Among the job's pictures, from 0. */
            place: number;
            /**
             * Format: uuid
             * @description Whose it is.
             */
            user_id: string;
            /** @description The team that sees it too. */
            team_id: string | null;
            /** @description 0 is none. */
            rating: number;
            tags: string[];
            /** @description Is it removed 24 hours after it was made? */
            temporary: boolean;
            /**
             * @description archived: its bytes must be asked back (`/restore`) before they can be read.
             * @enum {unknown}
             */
            storage: "archived" | "hot" | "restoring";
            created_at: string;
            /** @description When it was put into the bin; it is removed 30 days later. */
            deleted_at: string | null;
            /**
             * @description Its bytes.
             * @example /api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content
             */
            url: string;
            /** @description A small WebP of it; null for what is no picture. */
            thumbnail_url: string | null;
            /** @description How it was made: parameters, hashes of the model's files, seed, versions. */
            metadata: Record<string, never> | null;
            renditions: components["schemas"]["Rendition"][];
            /** @description What it was made of, as far as the caller may see it. */
            parents: string[];
            /** @description Boards that it is on, as far as the caller may see them. */
            board_ids: string[];
        };
        /**
         * AssetLink
         * @description A link that shows a picture to whoever has it.
         */
        AssetLink: {
            /** Format: uuid */
            id: string;
            name: string;
            created_at: string;
            /** @description Null: it ends only when it is revoked. */
            expires_at: string | null;
        };
        /**
         * AssetPatch
         * @description What shall change; what is left out stays.
         */
        AssetPatch: {
            /** @example Circle, third try */
            name?: string;
            /**
             * @description All of them: those that it had go.
             * @example [
             *       "landscape",
             *       "blue"
             *     ]
             */
            tags?: string[];
            rating?: number;
            /** @description A team of the caller's, whose members see it then; null: none. */
            team_id?: string | null;
        };
        /**
         * Attempt
         * @description One attempt at a delivery.
         */
        Attempt: {
            at: string;
            /** @description HTTP status; null where no answer came. */
            status: number | null;
            milliseconds: number;
            error: string;
            /** @description The beginning of the answer's body. */
            answer: string;
        };
        /**
         * Board
         * @description A collection of assets.
         */
        Board: {
            /** Format: uuid */
            id: string;
            /** @example Moodboard */
            name: string;
            /**
             * Format: uuid
             * @description Whose it is.
             */
            user_id: string;
            /** @description The team whose members see it, and put assets on it. */
            team_id: string | null;
            created_at: string;
        };
        /**
         * BoardPatch
         * @description What shall change; what is left out stays.
         */
        BoardPatch: {
            /** @example Moodboard */
            name?: string;
            /** @description A team of the caller's, whose members see it then; null: none. */
            team_id?: string | null;
        };
        /**
         * Bounds
         * @description What numbers may be.
         */
        Bounds: {
            /** @description Pixels. */
            min_side: number;
            max_side: number;
            /** @description Sides are multiples of it. */
            side_step: number;
            /** @description Width times height, by the organisation's tier. */
            max_pixels: number;
            max_steps: number;
            max_cfg: number;
            max_batch: number;
            /** @description The largest that a JSON number holds exactly in every client. */
            max_seed: number;
            /** @description Characters. */
            max_prompt: number;
            max_loras: number;
            max_controls: number;
        };
        /**
         * BrowserSession
         * @description Whether this browser is signed in, and as whom. There is no token in it that signs in.
         */
        BrowserSession: {
            signed_in: boolean;
            /**
             * @description To be sent as `X-CSRF-Token` with whatever is no GET; null for who is not signed in.
             * @default null
             * @example Qm9yaW5nLCBidXQgc2FmZQ
             */
            csrf_token?: string | null;
            /**
             * @description As GET /me has it; null for who is not signed in.
             * @default null
             */
            me?: components["schemas"]["Me"] | null;
        };
        /**
         * ChainReport
         * @description What the check of one chain found.
         */
        ChainReport: {
            /** Format: uuid */
            organisation_id: string;
            intact: boolean;
            /** @description Rows that were found in order before the first bad one, or all. */
            rows: number;
            /** @description Hash of the last of them, hexadecimal: keep it elsewhere, with `rows`, as an anchor for later checks. */
            head: string;
            /**
             * @description Sequence of the first row that is not as it was written.
             * @default null
             */
            first_bad?: number | null;
            /** @default null */
            what?: ("edited" | "inserted" | "missing_end" | "missing_head" | "removed" | "reordered" | "rewritten") | null;
            /** @default  */
            detail?: string;
        };
        /**
         * ChangeMe
         * @description What one may change about oneself.
         */
        ChangeMe: {
            /** @example Ada Lovelace */
            name: string;
        };
        /**
         * ChangePassword
         * @description A new password instead of the one that is known.
         */
        ChangePassword: {
            /** @example correct horse battery staple */
            current_password: string;
            /**
             * @description At least 12 characters, any.
             * @example correct horse battery staple
             */
            new_password: string;
        };
        /**
         * Changed
         * @description How many it was done to.
         */
        Changed: {
            /** @description Without those that were so already. */
            changed: number;
        };
        /**
         * ChangedNode
         * @description A node that is in both versions and not the same.
         */
        ChangedNode: {
            node: string;
            class_before: string;
            class_after: string;
            inputs: components["schemas"]["DiffInput"][];
            links: components["schemas"]["DiffLink"][];
        };
        /**
         * CheckpointOptions
         * @description What there is to choose with one checkpoint.
         */
        CheckpointOptions: {
            /** @example pocket */
            name: string;
            /**
             * @description sd15, sd2, sdxl, sdxl-refiner
             * @example sd15
             */
            family: string;
            /** @description Was it made for inpainting? */
            inpainting: boolean;
            /** @description The highest `clip_skip`. */
            text_layers: number;
            /** @description Pixels of a side that it was trained at. */
            native_size: number;
            /** @description The square first. */
            sizes: components["schemas"]["SizePreset"][];
            defaults: components["schemas"]["Defaults"];
        };
        /**
         * Choice
         * @description Something to choose.
         */
        Choice: {
            /**
             * @description As requests have it.
             * @example dpmpp_2m
             */
            name: string;
            /** @example DPM++ 2M */
            title: string;
            /** @description When to take it. */
            description: string;
            /**
             * @description Is it among the few that suit nearly everything?
             * @default false
             */
            recommended?: boolean;
        };
        /**
         * Controlled
         * @description A ControlNet beside the prompt, and the picture that it is shown.
         */
        Controlled: {
            /** @example pocket-edges */
            name: string;
            /** Format: uuid */
            image: string;
            /**
             * @default none
             * @enum {unknown}
             */
            preprocessor?: "canny" | "depth" | "inpaint" | "invert" | "lineart" | "none" | "openpose" | "scribble" | "scribble_lines" | "segmentation" | "softedge" | "tile";
            /** @default 1 */
            strength?: number;
            /** @default 0 */
            start?: number;
            /** @default 1 */
            end?: number;
            /**
             * @default balanced
             * @enum {unknown}
             */
            mode?: "balanced" | "control" | "prompt";
        };
        /**
         * Copy
         * @description A copy to make.
         */
        Copy: {
            /**
             * @description The name of the copy; the same, with (copy), where it is not given.
             * @default null
             */
            name?: string | null;
        };
        /**
         * Counted
         * @description What a prompt comes to.
         */
        Counted: {
            /** @description One at least. */
            chunks: components["schemas"]["TokenChunk"][];
            /** @description Tokens of all chunks, vectors of embeddings among them; LoRA tags count nothing. */
            total: number;
            /** @description Tokens of one chunk. */
            limit: number;
            syntax: components["schemas"]["SyntaxNote"][];
        };
        /**
         * CreatedApiKey
         * @description A new key. It is shown this once and cannot be shown again.
         */
        CreatedApiKey: {
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description In whose name it acts.
             */
            user_id: string;
            /**
             * @description Their mail address.
             * @example ada@example.com
             */
            email: string;
            name: string;
            /**
             * @description How the key begins.
             * @example sk_Zk3wPq9A
             */
            prefix: string;
            scopes: string[];
            created_at: string;
            expires_at: string | null;
            /** @description Written at most once a minute. */
            last_used_at: string | null;
            /**
             * @description The key itself.
             * @example sk_Zk3wPq9A…
             */
            key: string;
        };
        /**
         * Credits
         * @description What an organisation has.
         */
        Credits: {
            /** @description What jobs can be submitted for. */
            available_microcredits: number;
            /** @description Set aside for jobs that have not ended. */
            held_microcredits: number;
            /** @description Of both, what is left of the credits granted: it expires at `renews_at`, and is spent first. */
            expiring_microcredits: number;
            /** @description Charged for jobs that were submitted this month. */
            spent_this_month_microcredits: number;
            /** @enum {unknown} */
            tier: "enterprise" | "free" | "pro" | "standard";
            /** @description What the tier gives each month; null: what is needed. */
            monthly_grant_microcredits: number | null;
            /** @description When the month ends, and the next grant comes. */
            renews_at: string;
        };
        /**
         * Defaults
         * @description What suits a checkpoint where nothing else is wanted.
         */
        Defaults: {
            width: number;
            height: number;
            steps: number;
            cfg: number;
            sampler: string;
            scheduler: string;
            clip_skip: number;
            negative_prompt: string;
        };
        /**
         * Delivery
         * @description A message to a webhook, and what came of it.
         */
        Delivery: {
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description `webhook-id`: the same for every attempt and replay, and for every webhook that is told of the same event.
             */
            message_id: string;
            /** @example job.completed */
            event_type: string;
            /** @enum {unknown} */
            state: "delivered" | "failed" | "waiting";
            /**
             * @description The body, as it is signed and sent.
             * @example {"type":"webhook.test","timestamp":"2026-01-31T12:00:00Z","data":{}}
             */
            payload: string;
            /** @description The latest first, at most 20. */
            attempts: components["schemas"]["Attempt"][];
            /** @description When the next attempt is due; null where none is. */
            next_at: string | null;
            created_at: string;
            delivered_at: string | null;
        };
        /**
         * Diff
         * @description What is different in one version from another.
         */
        Diff: {
            from_version: number;
            to_version: number;
            added: components["schemas"]["DiffNode"][];
            removed: components["schemas"]["DiffNode"][];
            changed: components["schemas"]["ChangedNode"][];
            /** @description Is the editor's document another: places, groups, notes, colours? */
            layout_changed: boolean;
        };
        /**
         * DiffInput
         * @description An input that is not as it was.
         */
        DiffInput: {
            name: string;
            /** @description Null where it was not given. */
            before: unknown;
            after: unknown;
        };
        /**
         * DiffLink
         * @description An input that comes from elsewhere than it did.
         */
        DiffLink: {
            name: string;
            /** @description [node, output]; the value where it was no link, null where it was not given. */
            before: unknown;
            after: unknown;
        };
        /**
         * DiffNode
         * @description A node that is in one version alone.
         */
        DiffNode: {
            /** @description Its id. */
            node: string;
            class_type: string;
        };
        /**
         * Event
         * @description Something that was done.
         */
        Event: {
            /** Format: uuid */
            id: string;
            /**
             * @description Its place in the organisation's chain, from 1.
             * @example 17
             */
            sequence: number;
            at: string;
            /** @description Who did it; null for who was not signed in. */
            actor_id: string | null;
            /**
             * @description Their mail address.
             * @example ada@example.com
             */
            actor: string;
            /**
             * @description What proved it: `session:` or `api_key:` and its id; empty for who was not signed in.
             * @example session:0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de
             */
            via: string;
            /**
             * @description DOMAIN.VERB
             * @example member.update
             */
            act: string;
            /**
             * @description What it was done to.
             * @example member
             */
            subject_type: string;
            subject_id: string;
            /**
             * @description Network address that it came from.
             * @example 203.0.113.7
             */
            address: string;
            request_id: string;
            /** @description What it changed, as it was; without secrets. */
            before: Record<string, never> | null;
            /** @description What it changed, as it is since. */
            after: Record<string, never> | null;
            /** @description Hash of the event before it, hexadecimal. */
            previous_hash: string;
            /** @description SHA-256 over `previous_hash` and all other fields; docs/audit.md says how. */
            hash: string;
        };
        /**
         * Facets
         * @description What one's assets can be filtered by.
         */
        Facets: {
            /** @description The most frequent first, 200 at most. */
            tags: components["schemas"]["TagCount"][];
            /** @description Checkpoints that painted them, likewise. */
            models: components["schemas"]["TagCount"][];
            /** @description When the oldest was made; null where there is none. */
            first_at: string | null;
            last_at: string | null;
        };
        /**
         * Family
         * @description What an asset was made of, and what was made of it, as far as the caller may see it.
         */
        Family: {
            ancestors: components["schemas"]["Relative"][];
            descendants: components["schemas"]["Relative"][];
            /** @description Is that all? No more than 10 generations and 200 assets each way are followed. */
            complete: boolean;
        };
        /**
         * ForgotPassword
         * @description Whose password was forgotten.
         */
        ForgotPassword: {
            /**
             * @description A mail address. A–Z count as a–z.
             * @example ada@example.com
             */
            email: string;
        };
        /**
         * FreeU
         * @description FreeU: the UNet's deep features weighed against its skip connections.
         */
        FreeU: {
            /** @default 1.3 */
            b1?: number;
            /** @default 1.4 */
            b2?: number;
            /** @default 0.9 */
            s1?: number;
            /** @default 0.2 */
            s2?: number;
            /**
             * @default 2
             * @enum {unknown}
             */
            version?: 1 | 2;
        };
        /**
         * FromJob
         * @description A workflow to make of a job.
         */
        FromJob: {
            /**
             * @description Made of the prompt, or of the kept workflow that it ran, where it is not given.
             * @default null
             */
            name?: string | null;
        };
        /**
         * Health
         * @description The process runs.
         */
        Health: {
            /**
             * @default ok
             * @enum {unknown}
             */
            status?: "ok";
        };
        /**
         * HintChoice
         * @description A preprocessor of ControlNet hints.
         */
        HintChoice: {
            /** @example canny */
            name: string;
            title: string;
            description: string;
            /** @description Is there what it needs? `why` says what to do where not. */
            available: boolean;
            /** @default  */
            why?: string;
        };
        /**
         * Hires
         * @description A second pass over a larger form of the picture (hires fix).
         */
        Hires: {
            /**
             * @description How much larger; 2 where neither it nor a size is given.
             * @default null
             */
            scale?: number | null;
            /**
             * @description Pixels, instead of `scale`; give both.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /**
             * @description `latent`, or the name of an upscaler.
             * @default latent
             */
            upscaler?: string;
            /**
             * @description How much is painted anew.
             * @default 0.6
             */
            denoise?: number;
            /**
             * @description As in the first pass when not given.
             * @default null
             */
            steps?: number | null;
        };
        /**
         * History
         * @description What happened to a job, the first first.
         */
        History: {
            items: components["schemas"]["JobState"][];
            /**
             * @description Null: it all comes at once.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Img2Img
         * @description Pictures of another picture and words.
         */
        Img2Img: {
            /** @enum {unknown} */
            kind: "img2img";
            /**
             * @description LoRAs at work, beside those in the prompts.
             * @default []
             * @example []
             */
            loras?: components["schemas"]["Lora"][];
            /**
             * @description ControlNets, all at once.
             * @default []
             * @example []
             */
            controls?: components["schemas"]["Controlled"][];
            /**
             * @description Pictures that guide beside the prompt.
             * @default null
             * @example null
             */
            image_prompt?: components["schemas"]["Pictured"] | null;
            /**
             * @description Another checkpoint's VAE, or one published by itself.
             * @default null
             * @example null
             */
            vae?: string | null;
            /**
             * @description Along which axes the picture's edges meet.
             * @default none
             * @enum {unknown}
             */
            tiling?: "none" | "x" | "xy" | "y";
            /**
             * @description Of the noise that it varies towards; drawn at random when not given and wanted.
             * @default null
             */
            variation_seed?: number | null;
            /**
             * @description How far: 0 is the seed's own picture, 1 the other seed's.
             * @default 0
             */
            variation_strength?: number;
            /**
             * @default null
             * @example null
             */
            freeu?: components["schemas"]["FreeU"] | null;
            /**
             * @description Scale of perturbed-attention guidance; 3 is usual, 0 is none.
             * @default 0
             */
            pag?: number;
            /**
             * @description Share of CFG rescaling, against what high guidance burns out.
             * @default 0
             */
            cfg_rescale?: number;
            /**
             * @default null
             * @example null
             */
            thresholding?: components["schemas"]["Thresholding"] | null;
            /**
             * @description What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>.
             * @example a large red circle on a blue background
             */
            prompt: string;
            /**
             * @description What to keep away from.
             * @default
             * @example blurry, text
             */
            negative_prompt?: string;
            /**
             * @description A published checkpoint.
             * @default pocket
             * @example pocket
             */
            model?: string;
            /**
             * @description Denoising steps.
             * @default 20
             */
            steps?: number;
            /**
             * @description Guidance scale; 1 leaves the negative prompt unused.
             * @default 7
             */
            cfg?: number;
            /**
             * @default dpmpp_2m
             * @example dpmpp_2m
             * @enum {string}
             */
            sampler?: "euler" | "euler_cfg_pp" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "heun" | "heunpp2" | "dpm_2" | "dpm_2_ancestral" | "lms" | "dpm_fast" | "dpm_adaptive" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_sde" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_3m_sde" | "ddpm" | "lcm" | "ipndm" | "ipndm_v" | "deis" | "res_multistep" | "res_multistep_cfg_pp" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "er_sde" | "seeds_2" | "seeds_3" | "sa_solver" | "ddim" | "uni_pc" | "uni_pc_bh2";
            /**
             * @default karras
             * @example karras
             * @enum {string}
             */
            scheduler?: "normal" | "karras" | "exponential" | "sgm_uniform" | "simple" | "ddim_uniform" | "beta" | "linear_quadratic" | "kl_optimal";
            /**
             * @description Of the noise: the same seed paints the same picture; drawn at random when not given.
             * @default null
             */
            seed?: number | null;
            /**
             * @description Pictures of one request.
             * @default 1
             */
            batch?: number;
            /**
             * @description Which text layer is used, counted from the last.
             * @default 1
             */
            clip_skip?: number;
            /**
             * @default png
             * @enum {unknown}
             */
            format?: "png" | "webp";
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * Format: uuid
             * @description The asset to begin with; it is scaled to width and height.
             */
            image: string;
            /**
             * @description How much is repainted: 1 is all.
             * @default 0.75
             */
            strength?: number;
            /**
             * @description Pixels; the picture's own size, to the nearest multiple of 8 that is allowed, when not given.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
        };
        /**
         * Inpaint
         * @description Parts of a picture painted anew.
         */
        Inpaint: {
            /** @enum {unknown} */
            kind: "inpaint";
            /**
             * @description LoRAs at work, beside those in the prompts.
             * @default []
             * @example []
             */
            loras?: components["schemas"]["Lora"][];
            /**
             * @description ControlNets, all at once.
             * @default []
             * @example []
             */
            controls?: components["schemas"]["Controlled"][];
            /**
             * @description Pictures that guide beside the prompt.
             * @default null
             * @example null
             */
            image_prompt?: components["schemas"]["Pictured"] | null;
            /**
             * @description Another checkpoint's VAE, or one published by itself.
             * @default null
             * @example null
             */
            vae?: string | null;
            /**
             * @description Along which axes the picture's edges meet.
             * @default none
             * @enum {unknown}
             */
            tiling?: "none" | "x" | "xy" | "y";
            /**
             * @description Of the noise that it varies towards; drawn at random when not given and wanted.
             * @default null
             */
            variation_seed?: number | null;
            /**
             * @description How far: 0 is the seed's own picture, 1 the other seed's.
             * @default 0
             */
            variation_strength?: number;
            /**
             * @default null
             * @example null
             */
            freeu?: components["schemas"]["FreeU"] | null;
            /**
             * @description Scale of perturbed-attention guidance; 3 is usual, 0 is none.
             * @default 0
             */
            pag?: number;
            /**
             * @description Share of CFG rescaling, against what high guidance burns out.
             * @default 0
             */
            cfg_rescale?: number;
            /**
             * @default null
             * @example null
             */
            thresholding?: components["schemas"]["Thresholding"] | null;
            /**
             * @description What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>.
             * @example a large red circle on a blue background
             */
            prompt: string;
            /**
             * @description What to keep away from.
             * @default
             * @example blurry, text
             */
            negative_prompt?: string;
            /**
             * @description A published checkpoint.
             * @default pocket
             * @example pocket
             */
            model?: string;
            /**
             * @description Denoising steps.
             * @default 20
             */
            steps?: number;
            /**
             * @description Guidance scale; 1 leaves the negative prompt unused.
             * @default 7
             */
            cfg?: number;
            /**
             * @default dpmpp_2m
             * @example dpmpp_2m
             * @enum {string}
             */
            sampler?: "euler" | "euler_cfg_pp" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "heun" | "heunpp2" | "dpm_2" | "dpm_2_ancestral" | "lms" | "dpm_fast" | "dpm_adaptive" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_sde" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_3m_sde" | "ddpm" | "lcm" | "ipndm" | "ipndm_v" | "deis" | "res_multistep" | "res_multistep_cfg_pp" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "er_sde" | "seeds_2" | "seeds_3" | "sa_solver" | "ddim" | "uni_pc" | "uni_pc_bh2";
            /**
             * @default karras
             * @example karras
             * @enum {string}
             */
            scheduler?: "normal" | "karras" | "exponential" | "sgm_uniform" | "simple" | "ddim_uniform" | "beta" | "linear_quadratic" | "kl_optimal";
            /**
             * @description Of the noise: the same seed paints the same picture; drawn at random when not given.
             * @default null
             */
            seed?: number | null;
            /**
             * @description Pictures of one request.
             * @default 1
             */
            batch?: number;
            /**
             * @description Which text layer is used, counted from the last.
             * @default 1
             */
            clip_skip?: number;
            /**
             * @default png
             * @enum {unknown}
             */
            format?: "png" | "webp";
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * Format: uuid
             * @description The asset whose parts are painted anew; what comes out is as large.
             */
            image: string;
            /**
             * Format: uuid
             * @description An asset of the same proportions: what is white is painted anew, what is black stays.
             */
            mask: string;
            /**
             * @description Does what is black say what is painted anew?
             * @default false
             */
            invert?: boolean;
            /**
             * @description How much is repainted: 1 is all.
             * @default 1
             */
            strength?: number;
            /**
             * @description What stands there before: the picture, noise, the colours around, or grey.
             * @default original
             * @enum {unknown}
             */
            fill?: "blur" | "neutral" | "noise" | "original";
            /**
             * @description Pixels by which the mask is made larger.
             * @default 0
             */
            grow?: number;
            /**
             * @description Pixels over which what is painted passes into the picture.
             * @default 16
             */
            feather?: number;
            /**
             * @description Is what surrounds the mask cut out and painted at width and height (full resolution), and put back?
             * @default false
             */
            only_masked?: boolean;
            /**
             * @description Pixels around the mask that are cut out with it.
             * @default 32
             */
            padding?: number;
            /**
             * @description Pixels at which it is painted; the picture's own size (`only_masked`: the checkpoint's) when not given.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
        };
        /**
         * Invitation
         * @description An invitation that can still be accepted. Its token is in the mail and nowhere else.
         */
        Invitation: {
            /** Format: uuid */
            id: string;
            /** @example grace@example.com */
            email: string;
            role: string;
            team_id: string | null;
            invited_by: string | null;
            created_at: string;
            expires_at: string;
        };
        /**
         * InvitationPreview
         * @description What an invitation is to.
         */
        InvitationPreview: {
            organisation: string;
            email: string;
            role: string;
            expires_at: string;
            /** @description Has the invited address an account? Then sign in and accept; else register with the token. */
            has_account: boolean;
        };
        /**
         * InvitationToken
         * @description What the mail's link ends with.
         */
        InvitationToken: {
            /** @example inv_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7uEeRiTyUvQwX */
            token: string;
        };
        /**
         * InvitedRegistration
         * @description A new account for the invited address.
         */
        InvitedRegistration: {
            /** @example inv_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7uEeRiTyUvQwX */
            token: string;
            /**
             * @description At least 12 characters, any.
             * @example correct horse battery staple
             */
            password: string;
            /** @example Grace */
            name: string;
        };
        /**
         * Job
         * @description A job and what became of it.
         */
        Job: {
            /** Format: uuid */
            id: string;
            /** @example txt2img */
            kind: string;
            /** @enum {unknown} */
            state: "ASSIGNED" | "CANCELLED" | "COMPLETED" | "FAILED" | "PENDING" | "PROCESSING" | "QUEUED";
            /** @description Out of line until it is resumed. */
            paused: boolean;
            /** @description With every default filled in, the seed among them; a workflow as it came, in lists without its `document`. */
            request: components["schemas"]["Txt2Img"] | components["schemas"]["Img2Img"] | components["schemas"]["Inpaint"] | components["schemas"]["Outpaint"] | components["schemas"]["Upscale"] | components["schemas"]["Preprocess"] | components["schemas"]["control.workflows.graph.Workflow"];
            /**
             * Format: uuid
             * @description Who submitted it.
             */
            user_id: string;
            /**
             * @description Their name.
             * @default
             * @example Ada
             */
            owner?: string;
            team_id: string | null;
            /** @description How often it was begun. */
            attempt: number;
            /**
             * @description Its place in line: 1 is next. Null where it is not in line, and in answers that do not look (to a submission).
             * @default null
             */
            position?: number | null;
            /**
             * @description Until it is expected to be done; null where that is not known.
             * @default null
             */
            eta_seconds?: number | null;
            /**
             * @description What works on it, of a job that runs: text, sampler, decode, store; of a workflow, the id of the node.
             * @default null
             * @example sampler
             */
            node?: string | null;
            /**
             * @description Finished steps, likewise.
             * @default null
             */
            step?: number | null;
            /** @default null */
            steps?: number | null;
            /** @description When it is tried again after a failed attempt. */
            not_before: string | null;
            /** @description Its worker has been asked to stop. */
            cancel_requested: boolean;
            /** @description Why it failed. */
            error: components["schemas"]["JobError"] | null;
            /** @description Its pictures, when it is completed. */
            outputs: components["schemas"]["OutputLink"][];
            /** @description Set aside while it is under way; 1,000,000 are a credit. */
            reserved_microcredits: number;
            /** @description What it cost; null until it has ended. */
            charged_microcredits: number | null;
            /** @description The job that it repeats. */
            retried_from: string | null;
            /**
             * @description In the answer to a workflow's submission: nodes that are wrong, whose outputs do not run.
             * @default {}
             */
            node_errors?: {
                [key: string]: components["schemas"]["NodeErrors"];
            };
            created_at: string;
            queued_at: string | null;
            started_at: string | null;
            finished_at: string | null;
        };
        /**
         * JobError
         * @description Why a job failed.
         */
        JobError: {
            /** @description A word for programs: invalid, lost, timeout, out_of_memory, storage, internal… */
            kind: string;
            /** @description A sentence for people: what happened, and what to do. */
            detail: string;
            /**
             * @description May the same request succeed another time?
             * @default false
             */
            retryable?: boolean;
            /**
             * @description Of a workflow: the id of the node where it happened.
             * @default null
             */
            node?: string | null;
            /**
             * @description That node's class.
             * @default null
             */
            class_type?: string | null;
        };
        /**
         * JobNode
         * @description A node of a workflow has begun or ended. Fleeting: a client that comes later does not get it.
         */
        JobNode: {
            /** @enum {unknown} */
            type: "node";
            /** Format: uuid */
            job_id: string;
            attempt: number;
            /** @description Its id in the graph. */
            node: string;
            class_type: string;
            /**
             * @description cached: its result was there from before.
             * @enum {unknown}
             */
            state: "cached" | "done" | "failed" | "running";
            /**
             * @description What it handed out; `url` and `asset_id` work once the job is completed.
             * @default []
             */
            outputs?: components["schemas"]["OutputLink"][];
            /** @default null */
            error?: components["schemas"]["JobError"] | null;
        };
        /**
         * JobPreview
         * @description How a picture looks so far. Fleeting: a slow client gets none.
         */
        JobPreview: {
            /** @enum {unknown} */
            type: "preview";
            /** Format: uuid */
            job_id: string;
            attempt: number;
            step: number;
            /**
             * @description Which picture of the batch.
             * @default 0
             */
            place?: number;
            /** @default image/jpeg */
            media_type?: string;
            /**
             * @description Of a workflow: the id of the node that samples.
             * @default
             */
            node?: string;
            /** @description Base64 in JSON. */
            data: string;
        };
        /**
         * JobProgress
         * @description A step is done. Fleeting: a slow client gets the latest one.
         */
        JobProgress: {
            /** @enum {unknown} */
            type: "progress";
            /** Format: uuid */
            job_id: string;
            attempt: number;
            /**
             * @description What works: text, sampler, decode, store; of a workflow, the id of the node.
             * @default sampler
             */
            node?: string;
            /** @description Finished steps. */
            step: number;
            steps: number;
            /** @default null */
            eta_seconds?: number | null;
        };
        /**
         * JobState
         * @description A job has come to another state. Never lost: who was away gets it when they come back.
         */
        JobState: {
            /** @enum {unknown} */
            type: "state";
            /** @description Grows over all jobs: send the highest one seen as `after` to catch up. What was seen may come again then: (job_id, sequence) tells. */
            id: number;
            /** Format: uuid */
            job_id: string;
            /** @description Of the job's events, from 1, without a gap. */
            sequence: number;
            /** @enum {unknown} */
            state: "ASSIGNED" | "CANCELLED" | "COMPLETED" | "FAILED" | "PENDING" | "PROCESSING" | "QUEUED";
            /** @default 0 */
            attempt?: number;
            /** @default false */
            paused?: boolean;
            at: string;
            /** @default null */
            error?: components["schemas"]["JobError"] | null;
            /**
             * @description Of a completed job.
             * @default []
             */
            outputs?: components["schemas"]["OutputLink"][];
            /**
             * @description Of a job that has ended.
             * @default null
             */
            charged_microcredits?: number | null;
            /**
             * @description Of a completed workflow: nodes that failed, whose outputs are missing.
             * @default []
             */
            node_errors?: components["schemas"]["JobError"][];
            /**
             * @description Of a completed workflow: node → texts that it shows (PreviewAny).
             * @default {}
             */
            texts?: {
                [key: string]: string[];
            };
            /**
             * @description Of a workflow that has ended: how many nodes were computed for it.
             * @default null
             */
            nodes_run?: number | null;
            /**
             * @description Of a workflow that has ended: how many were not, as their results were there, or those of what needs them.
             * @default null
             */
            nodes_cached?: number | null;
        };
        /**
         * LedgerEntry
         * @description A change of one account.
         */
        LedgerEntry: {
            /**
             * @description available and held are the organisation's; granted, purchased, spent, expired and adjusted stand opposite.
             * @enum {unknown}
             */
            account: "adjusted" | "available" | "expired" | "granted" | "held" | "purchased" | "spent";
            amount_microcredits: number;
        };
        /**
         * LedgerPosting
         * @description One thing that happened to the credits; its entries come to zero.
         */
        LedgerPosting: {
            /** Format: uuid */
            id: string;
            /** @enum {unknown} */
            kind: "adjust" | "expire" | "grant" | "purchase" | "release" | "reserve" | "settle";
            entries: components["schemas"]["LedgerEntry"][];
            job_id: string | null;
            /** @description Who submitted the job. */
            user_id: string | null;
            memo: string;
            at: string;
        };
        /**
         * Limits
         * @description What a tier may ask for; None: as much as it likes.
         */
        Limits: {
            requests_per_minute: number | null;
            generations_per_hour: number | null;
            uploads_per_hour: number | null;
        };
        /**
         * Login
         * @description A login.
         */
        Login: {
            /**
             * @description A mail address. A–Z count as a–z.
             * @example ada@example.com
             */
            email: string;
            /** @example correct horse battery staple */
            password: string;
        };
        /**
         * LoginCode
         * @description The code that a login through a provider ended with.
         */
        LoginCode: {
            /**
             * @description `login_code` of the fragment, good once, for a minute, in the browser that signed in.
             * @example lc_R7d0…
             */
            code: string;
        };
        /**
         * Lora
         * @description A LoRA at work. In prompts: `<lora:NAME:1>`, `<lora:NAME:TEXT:UNET>`.
         */
        Lora: {
            /** @example pocket-dusk */
            name: string;
            /**
             * @default 1
             * @example 0.8
             */
            strength?: number;
            /** @default null */
            strength_clip?: number | null;
            /**
             * @description Block weights, BASE first: 17 numbers for SD, 12 for SDXL; all 1 when not given.
             * @default null
             * @example null
             */
            blocks?: number[] | null;
        };
        /**
         * MadeAssetLink
         * @description A new link, with what is shown this once.
         */
        MadeAssetLink: {
            /** Format: uuid */
            id: string;
            name: string;
            created_at: string;
            /** @description Null: it ends only when it is revoked. */
            expires_at: string | null;
            token: string;
            /**
             * @description The page to send to somebody: it needs no account.
             * @example http://127.0.0.1:8080/shared/pic_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7u
             */
            url: string;
        };
        /**
         * MadeLink
         * @description A new link, with what is shown this once.
         */
        MadeLink: {
            /** Format: uuid */
            id: string;
            /** @description Whom it was made for. */
            name: string;
            created_at: string;
            /** @description To be sent as `Workflow-Link` with requests for this workflow. */
            token: string;
            /** @description The studio's page of the workflow, which sends it. */
            url: string;
        };
        /**
         * Me
         * @description Who the caller is, in which organisation, and what they may do there.
         */
        Me: {
            /** Format: uuid */
            id: string;
            email: string;
            name: string;
            /** Format: uuid */
            organisation_id: string;
            tier: string;
            role: string;
            team_id: string | null;
            /** @description What this access token or API key may do, as `resource:action`. */
            permissions: string[];
            /** @description What the organisation is called. */
            organisation_name: string;
            /** @description Was the mail address confirmed? */
            email_verified: boolean;
            /** @description Can one sign in with a password, or through providers only? */
            has_password: boolean;
            /** @description What `PUT /me/preferences` was sent last; nothing for API keys. */
            preferences: Record<string, never>;
            /** @description Those that one is in, by name: their members see each other's jobs that are submitted for the team. */
            teams: components["schemas"]["TeamOfMine"][];
        };
        /**
         * Member
         * @description Somebody who belongs to the organisation.
         */
        Member: {
            /** Format: uuid */
            user_id: string;
            /** @example ada@example.com */
            email: string;
            name: string;
            /**
             * @description Name of their role.
             * @example user
             */
            role: string;
            /** @description The team they work in at first. */
            team_id: string | null;
            joined_at: string;
        };
        /**
         * MemberPatch
         * @description What shall change; what is left out stays.
         */
        MemberPatch: {
            /** @example user */
            role?: string;
            /** @description The team they work in at first, which they join if they are not in it; null: none. */
            team_id?: string | null;
        };
        /**
         * Model
         * @description A checkpoint, or a file that goes with checkpoints.
         */
        Model: {
            /** Format: uuid */
            id: string;
            /** @enum {unknown} */
            type: "checkpoint" | "controlnet" | "embedding" | "ip_adapter" | "lora" | "vae";
            /**
             * @description What requests, prompts and graphs call it.
             * @example ink
             */
            name: string;
            /**
             * @description Family of checkpoints that it is, or goes with: sd15, sd2, sdxl, sdxl-refiner; empty where its tensors do not tell.
             * @example sd15
             */
            base: string;
            /** @description Of the file; of a checkpoint, of its UNet's (a VAE's: its decoder's) weights. */
            sha256: string;
            /** @description Of the file; 0 for checkpoints. */
            size_bytes: number;
            /**
             * @description How the file names its tensors.
             * @example kohya
             */
            layout: string;
            /** @description Of the texts that it goes with; 0: not known. */
            width: number;
            /**
             * @description What else is known of it, by type: rank, vectors, trigger words, preprocessor, licence.
             * @example {
             *       "rank": 16,
             *       "trigger": [
             *         "ink drawing"
             *       ]
             *     }
             */
            details: Record<string, never>;
            /** @description Everybody's of this installation; otherwise the organisation's own. */
            shared: boolean;
            /** @description When the organisation added it; null for what is everybody's. */
            created_at: string | null;
        };
        /**
         * Move
         * @description Where to: `to` or `before_job_id`.
         */
        Move: {
            /**
             * @description To one end of one's own jobs in line.
             * @default null
             */
            to?: ("first" | "last") | null;
            /**
             * @description Before this job of one's own that waits, too.
             * @default null
             */
            before_job_id?: string | null;
        };
        /**
         * Multipart
         * @description An upload in parts that is under way.
         */
        Multipart: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Bytes. */
            size: number;
            /** @description Bytes of every part but the last. */
            part_size: number;
            parts: components["schemas"]["MultipartPart"][];
            /** @description Ask for the upload again then: it comes with new addresses. */
            urls_expire_at: string;
            /** @description What has arrived is removed then. */
            expires_at: string;
        };
        /**
         * MultipartPart
         * @description A part of a file.
         */
        MultipartPart: {
            /** @description 1 is the first. */
            number: number;
            /** @description Bytes: just as many must be sent. */
            size: number;
            arrived: boolean;
            /** @description Where to PUT its bytes, without any other proof; null once it has arrived. */
            url: string | null;
        };
        /**
         * NewApiKey
         * @description A key for programs.
         */
        NewApiKey: {
            /** @example nightly renders */
            name: string;
            /**
             * @description Permissions that it is limited to; each must be one of the caller's own.
             * @example [
             *       "organisation:read",
             *       "member:read"
             *     ]
             */
            scopes: string[];
            /**
             * @description When it ends; null: when it is revoked.
             * @default null
             * @example 90
             */
            expires_in_days?: number | null;
        };
        /**
         * NewArchive
         * @description What shall be in one ZIP: `asset_ids` or `filter`.
         */
        NewArchive: {
            /**
             * @description 1,000 at most.
             * @default []
             */
            asset_ids?: string[];
            /**
             * @description All that it finds, 1,000 at most.
             * @default null
             * @example null
             */
            filter?: components["schemas"]["ArchiveFilter"] | null;
        };
        /**
         * NewAssetLink
         * @description A link to make.
         */
        NewAssetLink: {
            /**
             * @description Whom it is for, to tell it from others.
             * @default
             * @example For grandmother
             */
            name?: string;
            /**
             * @description After so many days it ends; null: only when it is revoked.
             * @default 30
             */
            days?: number | null;
        };
        /**
         * NewBoard
         * @description A board to make.
         */
        NewBoard: {
            /** @example Moodboard */
            name: string;
            /**
             * @description A team of the caller's, whose members see it then.
             * @default null
             */
            team_id?: string | null;
        };
        /**
         * NewInvitation
         * @description Whom to invite, as what.
         */
        NewInvitation: {
            /**
             * @description A mail address. A–Z count as a–z.
             * @example ada@example.com
             */
            email: string;
            /**
             * @default user
             * @example user
             */
            role?: string;
            /**
             * @description The team they will work in; who does not manage all teams must name one that they are in.
             * @default null
             */
            team_id?: string | null;
        };
        /**
         * NewJob
         * @description What is to be done, and for whom.
         */
        NewJob: {
            /** @description What to paint: in plain fields, or as a workflow. */
            request: components["schemas"]["Txt2Img"] | components["schemas"]["Img2Img"] | components["schemas"]["Inpaint"] | components["schemas"]["Outpaint"] | components["schemas"]["Upscale"] | components["schemas"]["Preprocess"] | components["schemas"]["control.workflows.graph.Workflow"];
            /**
             * @description A quote for this very request (`POST /quotes`): it costs what that says.
             * @default null
             */
            quote_id?: string | null;
            /**
             * @description A team that one is in: its members see the job and its pictures.
             * @default null
             */
            team_id?: string | null;
        };
        /**
         * NewLink
         * @description A link to make.
         */
        NewLink: {
            /**
             * @description Whom it is for, to tell it from others.
             * @default
             * @example For the printer
             */
            name?: string;
        };
        /**
         * NewMultipart
         * @description A file that is going to be sent in parts, straight to the storage.
         */
        NewMultipart: {
            /** @example sketch.png */
            name: string;
            /**
             * @description Bytes; just as many must come.
             * @example 20000000
             */
            size: number;
            /**
             * @description What it is thought to be; what it is is looked at when it is complete.
             * @default
             * @example image/png
             */
            media_type?: string;
            /**
             * @description A team of the caller's, whose members see it then.
             * @default null
             */
            team_id?: string | null;
            /**
             * @description Is it removed after 24 hours?
             * @default false
             */
            temporary?: boolean;
            /**
             * @default []
             * @example [
             *       "landscape",
             *       "blue"
             *     ]
             */
            tags?: string[];
        };
        /**
         * NewOrganisation
         * @description An organisation to make.
         */
        NewOrganisation: {
            /** @example Analytical Engines */
            name: string;
        };
        /**
         * NewPreset
         * @description Settings to keep.
         */
        NewPreset: {
            /** @example Quick draft */
            name: string;
            /**
             * @description Fields as `POST /generate/txt2img` and its like take them, without prompt and pictures, which are checked; beside them whatever a client wants to keep. 64 KiB at most.
             * @example {
             *       "steps": 12,
             *       "cfg": 5.5,
             *       "sampler": "euler"
             *     }
             */
            settings: Record<string, never>;
            /**
             * @description private: oneself; team: the members of `team_id` as well; organisation: everybody in it.
             * @default private
             * @enum {unknown}
             */
            visibility?: "organisation" | "private" | "team";
            /**
             * @description A team that one is in.
             * @default null
             */
            team_id?: string | null;
        };
        /**
         * NewRole
         * @description A role to make.
         */
        NewRole: {
            /** @example reviewer */
            name: string;
            /**
             * @example [
             *       "member:read",
             *       "team:read"
             *     ]
             */
            permissions: ("api_key:create" | "api_key:manage" | "api_key:read" | "api_key:revoke" | "asset:create" | "asset:delete" | "asset:manage" | "asset:read" | "asset:update" | "audit:export" | "audit:read" | "credit:manage" | "credit:read" | "invitation:create" | "invitation:read" | "invitation:revoke" | "job:create" | "job:manage" | "job:read" | "member:read" | "member:remove" | "member:update" | "model:manage" | "model:read" | "organisation:read" | "organisation:update" | "role:create" | "role:delete" | "role:read" | "role:update" | "team:create" | "team:delete" | "team:manage" | "team:read" | "team:update" | "webhook:manage" | "webhook:read" | "workflow:create" | "workflow:manage" | "workflow:read")[];
        };
        /**
         * NewSpendingLimit
         * @description A limit of spending to set.
         */
        NewSpendingLimit: {
            /**
             * @description The most that may be spent in a calendar month (UTC).
             * @example 50000000
             */
            amount_microcredits: number;
            /**
             * @description Percentages at which the admins are told, once a month each; 80 and 100 where it is left out.
             * @example [
             *       80,
             *       100
             *     ]
             */
            alerts?: number[];
        };
        /**
         * NewTeam
         * @description A team to make.
         */
        NewTeam: {
            /** @example Animation */
            name: string;
        };
        /**
         * NewVersion
         * @description A workflow as it is to be saved: as a graph, as an editor's document, or as both.
         */
        NewVersion: {
            /** @description The number of the version that was changed. 409, with the newest one, where that is another by now. */
            base_version: number;
            /** @default null */
            graph?: {
                [key: string]: components["schemas"]["Node"];
            } | null;
            /** @default null */
            document?: Record<string, never> | null;
            /**
             * @description What was changed.
             * @default
             * @example More steps
             */
            message?: string;
        };
        /**
         * NewWebhook
         * @description An address to be told of jobs.
         */
        NewWebhook: {
            /**
             * @description HTTPS, and a public address.
             * @example https://example.com/hooks/studio
             */
            url: string;
            /**
             * @default
             * @example our render farm
             */
            description?: string;
            /**
             * @description Types of events that it is told; empty: all.
             * @default []
             * @example [
             *       "job.completed"
             *     ]
             */
            events?: ("job.cancelled" | "job.completed" | "job.failed" | "job.started" | "webhook.test")[];
        };
        /**
         * NewWorkflow
         * @description A workflow to keep: as a graph, as an editor's document, or as both.
         */
        NewWorkflow: {
            /** @example Portrait, two passes */
            name: string;
            /**
             * @default
             * @example Paints, enlarges, paints again.
             */
            description?: string;
            /**
             * @default []
             * @example [
             *       "portrait",
             *       "hires"
             *     ]
             */
            tags?: string[];
            /**
             * @description As ComfyUI's API takes it. Made of the document where it is not given.
             * @default null
             */
            graph?: {
                [key: string]: components["schemas"]["Node"];
            } | null;
            /**
             * @description As an editor keeps it. Drawn from the graph, when somebody asks for it, where it is not given.
             * @default null
             */
            document?: Record<string, never> | null;
            /**
             * @description What to say of the first version.
             * @default
             * @example More steps
             */
            message?: string;
        };
        /**
         * Node
         * @description One node.
         */
        Node: {
            /**
             * @description What it does, by ComfyUI's name.
             * @example KSampler
             */
            class_type: string;
            /**
             * @description Name → value, or a link: [id of a node, number of its output].
             * @default {}
             * @example {
             *       "seed": 7,
             *       "model": [
             *         "1",
             *         0
             *       ]
             *     }
             */
            inputs?: Record<string, never>;
            /** @default {} */
            _meta?: Record<string, never>;
        };
        /**
         * NodeError
         * @description One thing that is wrong with a node.
         */
        NodeError: {
            /** @enum {unknown} */
            type: "bad_linked_input" | "custom_validation_failed" | "exception_during_inner_validation" | "exception_during_validation" | "invalid_input_type" | "invalid_prompt" | "required_input_missing" | "return_type_mismatch" | "value_bigger_than_max" | "value_not_in_list" | "value_smaller_than_min";
            /** @description What is wrong in general. */
            message: string;
            /** @description Which input, with what, and what would be right. */
            details: string;
            /**
             * @description `input_name`, `received_value`, …
             * @default {}
             */
            extra_info?: Record<string, never>;
        };
        /**
         * NodeErrors
         * @description All that is wrong with a node.
         */
        NodeErrors: {
            errors: components["schemas"]["NodeError"][];
            /**
             * @description Ids of the output nodes that do not run because of it.
             * @default []
             */
            dependent_outputs?: string[];
            /** @default  */
            class_type?: string;
        };
        /**
         * NodeInput
         * @description What a node takes.
         */
        NodeInput: {
            /** @example steps */
            name: string;
            /**
             * @description INT, FLOAT, STRING, BOOLEAN and COMBO may be written into a graph; others are links (`MODEL`, `IMAGE`, …).
             * @example INT
             */
            type: string;
            /** @description May it be left out, though it has no default? */
            optional: boolean;
            /**
             * @description Taken where nothing is given; null: there is none.
             * @default null
             */
            default?: unknown;
            /** @default null */
            min?: number | null;
            /**
             * @description Of a number, both ends included; `max` of a STRING: its characters.
             * @default null
             */
            max?: number | null;
            /**
             * @description In which steps editors count.
             * @default null
             */
            step?: number | null;
            /**
             * @description Of a STRING: has it several lines?
             * @default false
             */
            multiline?: boolean;
            /**
             * @description Of a COMBO; null where they are files of the caller's: `POST /uploads` and `GET /assets` say their ids.
             * @default null
             */
            choices?: string[] | null;
            /**
             * @description Of a COMBO: what its choices are names of (`checkpoints`, `loras`, `input`, …); null for a fixed list.
             * @default null
             */
            folder?: string | null;
            /** @default  */
            tooltip?: string;
        };
        /**
         * NodeKind
         * @description A node type.
         */
        NodeKind: {
            /** @example KSampler */
            class_type: string;
            /** @description As editors show it. */
            title: string;
            /** @example sampling */
            category: string;
            description: string;
            inputs: components["schemas"]["NodeInput"][];
            outputs: components["schemas"]["NodeOutput"][];
            /** @description Does it hand out what a workflow is run for? */
            output_node: boolean;
        };
        /**
         * NodeOutput
         * @description What a node gives.
         */
        NodeOutput: {
            /** @example LATENT */
            type: string;
            name: string;
        };
        /**
         * OfHint
         * @description The hint that a ControlNet is shown, made of a picture.
         */
        OfHint: {
            /**
             * Format: uuid
             * @description The asset.
             */
            image: string;
            /**
             * @description What turns it into a hint.
             * @example canny
             * @enum {unknown}
             */
            preprocessor: "canny" | "depth" | "invert" | "lineart" | "none" | "openpose" | "scribble" | "scribble_lines" | "segmentation" | "softedge" | "tile";
            /**
             * @description Pixels of the hint's shorter side.
             * @default 512
             */
            resolution?: number;
        };
        /**
         * OfMask
         * @description Parts of a picture painted anew.
         */
        OfMask: {
            /**
             * @description LoRAs at work, beside those in the prompts.
             * @default []
             * @example []
             */
            loras?: components["schemas"]["Lora"][];
            /**
             * @description ControlNets, all at once.
             * @default []
             * @example []
             */
            controls?: components["schemas"]["Controlled"][];
            /**
             * @description Pictures that guide beside the prompt.
             * @default null
             * @example null
             */
            image_prompt?: components["schemas"]["Pictured"] | null;
            /**
             * @description Another checkpoint's VAE, or one published by itself.
             * @default null
             * @example null
             */
            vae?: string | null;
            /**
             * @description Along which axes the picture's edges meet.
             * @default none
             * @enum {unknown}
             */
            tiling?: "none" | "x" | "xy" | "y";
            /**
             * @description Of the noise that it varies towards; drawn at random when not given and wanted.
             * @default null
             */
            variation_seed?: number | null;
            /**
             * @description How far: 0 is the seed's own picture, 1 the other seed's.
             * @default 0
             */
            variation_strength?: number;
            /**
             * @default null
             * @example null
             */
            freeu?: components["schemas"]["FreeU"] | null;
            /**
             * @description Scale of perturbed-attention guidance; 3 is usual, 0 is none.
             * @default 0
             */
            pag?: number;
            /**
             * @description Share of CFG rescaling, against what high guidance burns out.
             * @default 0
             */
            cfg_rescale?: number;
            /**
             * @default null
             * @example null
             */
            thresholding?: components["schemas"]["Thresholding"] | null;
            /**
             * @description What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>.
             * @example a large red circle on a blue background
             */
            prompt: string;
            /**
             * @description What to keep away from.
             * @default
             * @example blurry, text
             */
            negative_prompt?: string;
            /**
             * @description A published checkpoint.
             * @default pocket
             * @example pocket
             */
            model?: string;
            /**
             * @description Denoising steps.
             * @default 20
             */
            steps?: number;
            /**
             * @description Guidance scale; 1 leaves the negative prompt unused.
             * @default 7
             */
            cfg?: number;
            /**
             * @default dpmpp_2m
             * @example dpmpp_2m
             * @enum {string}
             */
            sampler?: "euler" | "euler_cfg_pp" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "heun" | "heunpp2" | "dpm_2" | "dpm_2_ancestral" | "lms" | "dpm_fast" | "dpm_adaptive" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_sde" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_3m_sde" | "ddpm" | "lcm" | "ipndm" | "ipndm_v" | "deis" | "res_multistep" | "res_multistep_cfg_pp" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "er_sde" | "seeds_2" | "seeds_3" | "sa_solver" | "ddim" | "uni_pc" | "uni_pc_bh2";
            /**
             * @default karras
             * @example karras
             * @enum {string}
             */
            scheduler?: "normal" | "karras" | "exponential" | "sgm_uniform" | "simple" | "ddim_uniform" | "beta" | "linear_quadratic" | "kl_optimal";
            /**
             * @description Of the noise: the same seed paints the same picture; drawn at random when not given.
             * @default null
             */
            seed?: number | null;
            /**
             * @description Pictures of one request.
             * @default 1
             */
            batch?: number;
            /**
             * @description Which text layer is used, counted from the last.
             * @default 1
             */
            clip_skip?: number;
            /**
             * @default png
             * @enum {unknown}
             */
            format?: "png" | "webp";
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * Format: uuid
             * @description The asset whose parts are painted anew; what comes out is as large.
             */
            image: string;
            /**
             * Format: uuid
             * @description An asset of the same proportions: what is white is painted anew, what is black stays.
             */
            mask: string;
            /**
             * @description Does what is black say what is painted anew?
             * @default false
             */
            invert?: boolean;
            /**
             * @description How much is repainted: 1 is all.
             * @default 1
             */
            strength?: number;
            /**
             * @description What stands there before: the picture, noise, the colours around, or grey.
             * @default original
             * @enum {unknown}
             */
            fill?: "blur" | "neutral" | "noise" | "original";
            /**
             * @description Pixels by which the mask is made larger.
             * @default 0
             */
            grow?: number;
            /**
             * @description Pixels over which what is painted passes into the picture.
             * @default 16
             */
            feather?: number;
            /**
             * @description Is what surrounds the mask cut out and painted at width and height (full resolution), and put back?
             * @default false
             */
            only_masked?: boolean;
            /**
             * @description Pixels around the mask that are cut out with it.
             * @default 32
             */
            padding?: number;
            /**
             * @description Pixels at which it is painted; the picture's own size (`only_masked`: the checkpoint's) when not given.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
        };
        /**
         * OfPicture
         * @description Pictures of another picture and words.
         */
        OfPicture: {
            /**
             * @description LoRAs at work, beside those in the prompts.
             * @default []
             * @example []
             */
            loras?: components["schemas"]["Lora"][];
            /**
             * @description ControlNets, all at once.
             * @default []
             * @example []
             */
            controls?: components["schemas"]["Controlled"][];
            /**
             * @description Pictures that guide beside the prompt.
             * @default null
             * @example null
             */
            image_prompt?: components["schemas"]["Pictured"] | null;
            /**
             * @description Another checkpoint's VAE, or one published by itself.
             * @default null
             * @example null
             */
            vae?: string | null;
            /**
             * @description Along which axes the picture's edges meet.
             * @default none
             * @enum {unknown}
             */
            tiling?: "none" | "x" | "xy" | "y";
            /**
             * @description Of the noise that it varies towards; drawn at random when not given and wanted.
             * @default null
             */
            variation_seed?: number | null;
            /**
             * @description How far: 0 is the seed's own picture, 1 the other seed's.
             * @default 0
             */
            variation_strength?: number;
            /**
             * @default null
             * @example null
             */
            freeu?: components["schemas"]["FreeU"] | null;
            /**
             * @description Scale of perturbed-attention guidance; 3 is usual, 0 is none.
             * @default 0
             */
            pag?: number;
            /**
             * @description Share of CFG rescaling, against what high guidance burns out.
             * @default 0
             */
            cfg_rescale?: number;
            /**
             * @default null
             * @example null
             */
            thresholding?: components["schemas"]["Thresholding"] | null;
            /**
             * @description What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>.
             * @example a large red circle on a blue background
             */
            prompt: string;
            /**
             * @description What to keep away from.
             * @default
             * @example blurry, text
             */
            negative_prompt?: string;
            /**
             * @description A published checkpoint.
             * @default pocket
             * @example pocket
             */
            model?: string;
            /**
             * @description Denoising steps.
             * @default 20
             */
            steps?: number;
            /**
             * @description Guidance scale; 1 leaves the negative prompt unused.
             * @default 7
             */
            cfg?: number;
            /**
             * @default dpmpp_2m
             * @example dpmpp_2m
             * @enum {string}
             */
            sampler?: "euler" | "euler_cfg_pp" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "heun" | "heunpp2" | "dpm_2" | "dpm_2_ancestral" | "lms" | "dpm_fast" | "dpm_adaptive" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_sde" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_3m_sde" | "ddpm" | "lcm" | "ipndm" | "ipndm_v" | "deis" | "res_multistep" | "res_multistep_cfg_pp" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "er_sde" | "seeds_2" | "seeds_3" | "sa_solver" | "ddim" | "uni_pc" | "uni_pc_bh2";
            /**
             * @default karras
             * @example karras
             * @enum {string}
             */
            scheduler?: "normal" | "karras" | "exponential" | "sgm_uniform" | "simple" | "ddim_uniform" | "beta" | "linear_quadratic" | "kl_optimal";
            /**
             * @description Of the noise: the same seed paints the same picture; drawn at random when not given.
             * @default null
             */
            seed?: number | null;
            /**
             * @description Pictures of one request.
             * @default 1
             */
            batch?: number;
            /**
             * @description Which text layer is used, counted from the last.
             * @default 1
             */
            clip_skip?: number;
            /**
             * @default png
             * @enum {unknown}
             */
            format?: "png" | "webp";
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * Format: uuid
             * @description The asset to begin with; it is scaled to width and height.
             */
            image: string;
            /**
             * @description How much is repainted: 1 is all.
             * @default 0.75
             */
            strength?: number;
            /**
             * @description Pixels; the picture's own size, to the nearest multiple of 8 that is allowed, when not given.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
        };
        /**
         * OfRoom
         * @description A picture painted further.
         */
        OfRoom: {
            /**
             * @description LoRAs at work, beside those in the prompts.
             * @default []
             * @example []
             */
            loras?: components["schemas"]["Lora"][];
            /**
             * @description ControlNets, all at once.
             * @default []
             * @example []
             */
            controls?: components["schemas"]["Controlled"][];
            /**
             * @description Pictures that guide beside the prompt.
             * @default null
             * @example null
             */
            image_prompt?: components["schemas"]["Pictured"] | null;
            /**
             * @description Another checkpoint's VAE, or one published by itself.
             * @default null
             * @example null
             */
            vae?: string | null;
            /**
             * @description Along which axes the picture's edges meet.
             * @default none
             * @enum {unknown}
             */
            tiling?: "none" | "x" | "xy" | "y";
            /**
             * @description Of the noise that it varies towards; drawn at random when not given and wanted.
             * @default null
             */
            variation_seed?: number | null;
            /**
             * @description How far: 0 is the seed's own picture, 1 the other seed's.
             * @default 0
             */
            variation_strength?: number;
            /**
             * @default null
             * @example null
             */
            freeu?: components["schemas"]["FreeU"] | null;
            /**
             * @description Scale of perturbed-attention guidance; 3 is usual, 0 is none.
             * @default 0
             */
            pag?: number;
            /**
             * @description Share of CFG rescaling, against what high guidance burns out.
             * @default 0
             */
            cfg_rescale?: number;
            /**
             * @default null
             * @example null
             */
            thresholding?: components["schemas"]["Thresholding"] | null;
            /**
             * @description What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>.
             * @example a large red circle on a blue background
             */
            prompt: string;
            /**
             * @description What to keep away from.
             * @default
             * @example blurry, text
             */
            negative_prompt?: string;
            /**
             * @description A published checkpoint.
             * @default pocket
             * @example pocket
             */
            model?: string;
            /**
             * @description Denoising steps.
             * @default 20
             */
            steps?: number;
            /**
             * @description Guidance scale; 1 leaves the negative prompt unused.
             * @default 7
             */
            cfg?: number;
            /**
             * @default dpmpp_2m
             * @example dpmpp_2m
             * @enum {string}
             */
            sampler?: "euler" | "euler_cfg_pp" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "heun" | "heunpp2" | "dpm_2" | "dpm_2_ancestral" | "lms" | "dpm_fast" | "dpm_adaptive" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_sde" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_3m_sde" | "ddpm" | "lcm" | "ipndm" | "ipndm_v" | "deis" | "res_multistep" | "res_multistep_cfg_pp" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "er_sde" | "seeds_2" | "seeds_3" | "sa_solver" | "ddim" | "uni_pc" | "uni_pc_bh2";
            /**
             * @default karras
             * @example karras
             * @enum {string}
             */
            scheduler?: "normal" | "karras" | "exponential" | "sgm_uniform" | "simple" | "ddim_uniform" | "beta" | "linear_quadratic" | "kl_optimal";
            /**
             * @description Of the noise: the same seed paints the same picture; drawn at random when not given.
             * @default null
             */
            seed?: number | null;
            /**
             * @description Pictures of one request.
             * @default 1
             */
            batch?: number;
            /**
             * @description Which text layer is used, counted from the last.
             * @default 1
             */
            clip_skip?: number;
            /**
             * @default png
             * @enum {unknown}
             */
            format?: "png" | "webp";
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * Format: uuid
             * @description The asset that is painted further, at its own size.
             */
            image: string;
            /**
             * @description Pixels to be painted at the left.
             * @default 0
             */
            left?: number;
            /** @default 0 */
            top?: number;
            /**
             * @default 0
             * @example 64
             */
            right?: number;
            /** @default 0 */
            bottom?: number;
            /**
             * @description Pixels of the old picture over which what is painted passes into it.
             * @default 32
             */
            feather?: number;
            /**
             * @description How much of what stands there before is repainted: 1 is all.
             * @default 1
             */
            strength?: number;
            /**
             * @description What stands there before.
             * @default blur
             * @enum {unknown}
             */
            fill?: "blur" | "neutral" | "noise" | "original";
        };
        /**
         * OfSize
         * @description A picture made larger.
         */
        OfSize: {
            /**
             * Format: uuid
             * @description The asset.
             */
            image: string;
            /**
             * @description The name of an upscaler.
             * @example realesr-animevideov3-x2
             */
            upscaler: string;
            /**
             * @description How much larger the result shall be; the upscaler's own factor when neither it nor a size is given.
             * @default null
             */
            scale?: number | null;
            /**
             * @description Pixels of the result, instead of `scale`; give both.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
        };
        /**
         * OfWords
         * @description Pictures of words.
         */
        OfWords: {
            /**
             * @description LoRAs at work, beside those in the prompts.
             * @default []
             * @example []
             */
            loras?: components["schemas"]["Lora"][];
            /**
             * @description ControlNets, all at once.
             * @default []
             * @example []
             */
            controls?: components["schemas"]["Controlled"][];
            /**
             * @description Pictures that guide beside the prompt.
             * @default null
             * @example null
             */
            image_prompt?: components["schemas"]["Pictured"] | null;
            /**
             * @description Another checkpoint's VAE, or one published by itself.
             * @default null
             * @example null
             */
            vae?: string | null;
            /**
             * @description Along which axes the picture's edges meet.
             * @default none
             * @enum {unknown}
             */
            tiling?: "none" | "x" | "xy" | "y";
            /**
             * @description Of the noise that it varies towards; drawn at random when not given and wanted.
             * @default null
             */
            variation_seed?: number | null;
            /**
             * @description How far: 0 is the seed's own picture, 1 the other seed's.
             * @default 0
             */
            variation_strength?: number;
            /**
             * @default null
             * @example null
             */
            freeu?: components["schemas"]["FreeU"] | null;
            /**
             * @description Scale of perturbed-attention guidance; 3 is usual, 0 is none.
             * @default 0
             */
            pag?: number;
            /**
             * @description Share of CFG rescaling, against what high guidance burns out.
             * @default 0
             */
            cfg_rescale?: number;
            /**
             * @default null
             * @example null
             */
            thresholding?: components["schemas"]["Thresholding"] | null;
            /**
             * @description What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>.
             * @example a large red circle on a blue background
             */
            prompt: string;
            /**
             * @description What to keep away from.
             * @default
             * @example blurry, text
             */
            negative_prompt?: string;
            /**
             * @description A published checkpoint.
             * @default pocket
             * @example pocket
             */
            model?: string;
            /**
             * @description Denoising steps.
             * @default 20
             */
            steps?: number;
            /**
             * @description Guidance scale; 1 leaves the negative prompt unused.
             * @default 7
             */
            cfg?: number;
            /**
             * @default dpmpp_2m
             * @example dpmpp_2m
             * @enum {string}
             */
            sampler?: "euler" | "euler_cfg_pp" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "heun" | "heunpp2" | "dpm_2" | "dpm_2_ancestral" | "lms" | "dpm_fast" | "dpm_adaptive" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_sde" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_3m_sde" | "ddpm" | "lcm" | "ipndm" | "ipndm_v" | "deis" | "res_multistep" | "res_multistep_cfg_pp" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "er_sde" | "seeds_2" | "seeds_3" | "sa_solver" | "ddim" | "uni_pc" | "uni_pc_bh2";
            /**
             * @default karras
             * @example karras
             * @enum {string}
             */
            scheduler?: "normal" | "karras" | "exponential" | "sgm_uniform" | "simple" | "ddim_uniform" | "beta" | "linear_quadratic" | "kl_optimal";
            /**
             * @description Of the noise: the same seed paints the same picture; drawn at random when not given.
             * @default null
             */
            seed?: number | null;
            /**
             * @description Pictures of one request.
             * @default 1
             */
            batch?: number;
            /**
             * @description Which text layer is used, counted from the last.
             * @default 1
             */
            clip_skip?: number;
            /**
             * @default png
             * @enum {unknown}
             */
            format?: "png" | "webp";
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * @description Pixels; the checkpoint's own size when not given.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /**
             * @description A second pass over a larger form of the picture.
             * @default null
             * @example null
             */
            hires?: components["schemas"]["Hires"] | null;
        };
        /**
         * Options
         * @description All that a form for requests in plain fields chooses from, but for LoRAs, embeddings and ControlNets (`/models`).
         */
        Options: {
            checkpoints: components["schemas"]["CheckpointOptions"][];
            samplers: components["schemas"]["Choice"][];
            schedulers: components["schemas"]["Choice"][];
            /** @description Names for `vae`. */
            vaes: string[];
            upscalers: string[];
            preprocessors: components["schemas"]["HintChoice"][];
            bounds: components["schemas"]["Bounds"];
        };
        /**
         * Organisation
         * @description A tenant.
         */
        Organisation: {
            /** Format: uuid */
            id: string;
            /** @example Analytical Engines */
            name: string;
            /**
             * @description Its name in addresses.
             * @example analytical-engines-5f3a9c01
             */
            slug: string;
            /** @enum {unknown} */
            tier: "enterprise" | "free" | "pro" | "standard";
            /** @description What its tier allows; null: without limit. */
            limits: components["schemas"]["Limits"];
            created_at: string;
        };
        /**
         * OrganisationPatch
         * @description What shall change; what is left out stays.
         */
        OrganisationPatch: {
            /** @example Analytical Engines */
            name?: string;
        };
        /**
         * Outpaint
         * @description A picture painted further.
         */
        Outpaint: {
            /** @enum {unknown} */
            kind: "outpaint";
            /**
             * @description LoRAs at work, beside those in the prompts.
             * @default []
             * @example []
             */
            loras?: components["schemas"]["Lora"][];
            /**
             * @description ControlNets, all at once.
             * @default []
             * @example []
             */
            controls?: components["schemas"]["Controlled"][];
            /**
             * @description Pictures that guide beside the prompt.
             * @default null
             * @example null
             */
            image_prompt?: components["schemas"]["Pictured"] | null;
            /**
             * @description Another checkpoint's VAE, or one published by itself.
             * @default null
             * @example null
             */
            vae?: string | null;
            /**
             * @description Along which axes the picture's edges meet.
             * @default none
             * @enum {unknown}
             */
            tiling?: "none" | "x" | "xy" | "y";
            /**
             * @description Of the noise that it varies towards; drawn at random when not given and wanted.
             * @default null
             */
            variation_seed?: number | null;
            /**
             * @description How far: 0 is the seed's own picture, 1 the other seed's.
             * @default 0
             */
            variation_strength?: number;
            /**
             * @default null
             * @example null
             */
            freeu?: components["schemas"]["FreeU"] | null;
            /**
             * @description Scale of perturbed-attention guidance; 3 is usual, 0 is none.
             * @default 0
             */
            pag?: number;
            /**
             * @description Share of CFG rescaling, against what high guidance burns out.
             * @default 0
             */
            cfg_rescale?: number;
            /**
             * @default null
             * @example null
             */
            thresholding?: components["schemas"]["Thresholding"] | null;
            /**
             * @description What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>.
             * @example a large red circle on a blue background
             */
            prompt: string;
            /**
             * @description What to keep away from.
             * @default
             * @example blurry, text
             */
            negative_prompt?: string;
            /**
             * @description A published checkpoint.
             * @default pocket
             * @example pocket
             */
            model?: string;
            /**
             * @description Denoising steps.
             * @default 20
             */
            steps?: number;
            /**
             * @description Guidance scale; 1 leaves the negative prompt unused.
             * @default 7
             */
            cfg?: number;
            /**
             * @default dpmpp_2m
             * @example dpmpp_2m
             * @enum {string}
             */
            sampler?: "euler" | "euler_cfg_pp" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "heun" | "heunpp2" | "dpm_2" | "dpm_2_ancestral" | "lms" | "dpm_fast" | "dpm_adaptive" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_sde" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_3m_sde" | "ddpm" | "lcm" | "ipndm" | "ipndm_v" | "deis" | "res_multistep" | "res_multistep_cfg_pp" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "er_sde" | "seeds_2" | "seeds_3" | "sa_solver" | "ddim" | "uni_pc" | "uni_pc_bh2";
            /**
             * @default karras
             * @example karras
             * @enum {string}
             */
            scheduler?: "normal" | "karras" | "exponential" | "sgm_uniform" | "simple" | "ddim_uniform" | "beta" | "linear_quadratic" | "kl_optimal";
            /**
             * @description Of the noise: the same seed paints the same picture; drawn at random when not given.
             * @default null
             */
            seed?: number | null;
            /**
             * @description Pictures of one request.
             * @default 1
             */
            batch?: number;
            /**
             * @description Which text layer is used, counted from the last.
             * @default 1
             */
            clip_skip?: number;
            /**
             * @default png
             * @enum {unknown}
             */
            format?: "png" | "webp";
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * Format: uuid
             * @description The asset that is painted further, at its own size.
             */
            image: string;
            /**
             * @description Pixels to be painted at the left.
             * @default 0
             */
            left?: number;
            /** @default 0 */
            top?: number;
            /**
             * @default 0
             * @example 64
             */
            right?: number;
            /** @default 0 */
            bottom?: number;
            /**
             * @description Pixels of the old picture over which what is painted passes into it.
             * @default 32
             */
            feather?: number;
            /**
             * @description How much of what stands there before is repainted: 1 is all.
             * @default 1
             */
            strength?: number;
            /**
             * @description What stands there before.
             * @default blur
             * @enum {unknown}
             */
            fill?: "blur" | "neutral" | "noise" | "original";
        };
        /**
         * OutputLink
         * @description A picture that a job made.
         */
        OutputLink: {
            /** Format: uuid */
            asset_id: string;
            /** @description 0 is the first. */
            place: number;
            /** @description Of its bytes, on this API; needs the same authorization as the job. */
            url: string;
            /**
             * @description Of a workflow: the id of the node that handed it out.
             * @default
             */
            node?: string;
            /**
             * @description temp: a preview (PreviewImage), which is not kept for long.
             * @default output
             * @enum {unknown}
             */
            folder?: "output" | "temp";
            /** @default  */
            subfolder?: string;
            /**
             * @description Of a workflow: what it is called beside subfolder and folder.
             * @default
             */
            filename?: string;
        };
        /**
         * Outputs
         * @description The pictures of a job.
         */
        Outputs: {
            items: components["schemas"]["OutputLink"][];
            /**
             * @description Null: a job's pictures all come at once.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * OwnOrganisation
         * @description An organisation that the caller belongs to.
         */
        OwnOrganisation: {
            /** Format: uuid */
            id: string;
            name: string;
            slug: string;
            /** @enum {unknown} */
            tier: "enterprise" | "free" | "pro" | "standard";
            /** @description The caller's role there. */
            role: string;
            /** @description Is it the one that the caller's token is for? */
            current: boolean;
        };
        /**
         * Page[ApiKeyInfo]
         * @description One page of a list.
         */
        Page_ApiKeyInfo_: {
            items: components["schemas"]["ApiKeyInfo"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[AssetLink]
         * @description One page of a list.
         */
        Page_AssetLink_: {
            items: components["schemas"]["AssetLink"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Asset]
         * @description One page of a list.
         */
        Page_Asset_: {
            items: components["schemas"]["Asset"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Board]
         * @description One page of a list.
         */
        Page_Board_: {
            items: components["schemas"]["Board"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Delivery]
         * @description One page of a list.
         */
        Page_Delivery_: {
            items: components["schemas"]["Delivery"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Event]
         * @description One page of a list.
         */
        Page_Event_: {
            items: components["schemas"]["Event"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Invitation]
         * @description One page of a list.
         */
        Page_Invitation_: {
            items: components["schemas"]["Invitation"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Job]
         * @description One page of a list.
         */
        Page_Job_: {
            items: components["schemas"]["Job"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[LedgerPosting]
         * @description One page of a list.
         */
        Page_LedgerPosting_: {
            items: components["schemas"]["LedgerPosting"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Link]
         * @description One page of a list.
         */
        Page_Link_: {
            items: components["schemas"]["control.workflows.documents.schemas.Link"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Member]
         * @description One page of a list.
         */
        Page_Member_: {
            items: components["schemas"]["Member"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Model]
         * @description One page of a list.
         */
        Page_Model_: {
            items: components["schemas"]["Model"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[NodeKind]
         * @description One page of a list.
         */
        Page_NodeKind_: {
            items: components["schemas"]["NodeKind"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[OwnOrganisation]
         * @description One page of a list.
         */
        Page_OwnOrganisation_: {
            items: components["schemas"]["OwnOrganisation"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[PastPrompt]
         * @description One page of a list.
         */
        Page_PastPrompt_: {
            items: components["schemas"]["PastPrompt"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Preset]
         * @description One page of a list.
         */
        Page_Preset_: {
            items: components["schemas"]["Preset"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[ProviderInfo]
         * @description One page of a list.
         */
        Page_ProviderInfo_: {
            items: components["schemas"]["ProviderInfo"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Role]
         * @description One page of a list.
         */
        Page_Role_: {
            items: components["schemas"]["Role"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[SessionInfo]
         * @description One page of a list.
         */
        Page_SessionInfo_: {
            items: components["schemas"]["SessionInfo"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Style]
         * @description One page of a list.
         */
        Page_Style_: {
            items: components["schemas"]["Style"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Suggestion]
         * @description One page of a list.
         */
        Page_Suggestion_: {
            items: components["schemas"]["Suggestion"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[TeamMember]
         * @description One page of a list.
         */
        Page_TeamMember_: {
            items: components["schemas"]["TeamMember"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Team]
         * @description One page of a list.
         */
        Page_Team_: {
            items: components["schemas"]["Team"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Template]
         * @description One page of a list.
         */
        Page_Template_: {
            items: components["schemas"]["Template"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Version]
         * @description One page of a list.
         */
        Page_Version_: {
            items: components["schemas"]["Version"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Webhook]
         * @description One page of a list.
         */
        Page_Webhook_: {
            items: components["schemas"]["Webhook"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * Page[Workflow]
         * @description One page of a list.
         */
        Page_Workflow_: {
            items: components["schemas"]["control.workflows.documents.schemas.Workflow"][];
            /**
             * @description What to send as `cursor` for the page after this one; null at the end.
             * @default null
             */
            next_cursor?: string | null;
        };
        /**
         * PastPrompt
         * @description Words that one has painted with.
         */
        PastPrompt: {
            prompt: string;
            negative_prompt: string;
            /** @description The checkpoint, the last time. */
            model: string;
            /**
             * @description What was asked for, the last time.
             * @example txt2img
             */
            kind: string;
            /** @description In so many jobs. */
            count: number;
            /**
             * Format: uuid
             * @description The latest of them.
             */
            job_id: string;
            /** @description When that was submitted. */
            used_at: string;
        };
        /**
         * Pictured
         * @description Pictures that guide like a prompt, by an IP-Adapter.
         */
        Pictured: {
            /** @example ip-adapter */
            name: string;
            images: string[];
            /** @default 1 */
            strength?: number;
            /** @default 0 */
            start?: number;
            /** @default 1 */
            end?: number;
        };
        /**
         * PlanSummary
         * @description What running it would come to.
         */
        PlanSummary: {
            /** @description That would run. */
            nodes: number;
            /** @description Calls to Triton and computations of a worker. */
            steps: number;
            /** @description Triton models that are called. */
            calls: string[];
            /** @description Output nodes that run. */
            outputs: string[];
            /** @description Nodes that nothing needs. */
            dropped: string[];
            /** @description Nodes that are computed at submission. */
            folded: string[];
            checkpoints: string[];
            /** @description At most; what is kept from earlier runs costs nothing. */
            amount_microcredits: number;
            /** @description Estimate for one worker with nothing else to do. */
            seconds: number;
        };
        /**
         * Preprocess
         * @description The hint that a ControlNet is shown, made of a picture.
         */
        Preprocess: {
            /** @enum {unknown} */
            kind: "preprocess";
            /**
             * Format: uuid
             * @description The asset.
             */
            image: string;
            /**
             * @description What turns it into a hint.
             * @example canny
             * @enum {unknown}
             */
            preprocessor: "canny" | "depth" | "invert" | "lineart" | "none" | "openpose" | "scribble" | "scribble_lines" | "segmentation" | "softedge" | "tile";
            /**
             * @description Pixels of the hint's shorter side.
             * @default 512
             */
            resolution?: number;
        };
        /**
         * Preset
         * @description Settings by a name.
         */
        Preset: {
            /** Format: uuid */
            id: string;
            /** @example Quick draft */
            name: string;
            /**
             * @description Fields as `POST /generate/txt2img` and its like take them, without prompt and pictures, which are checked; beside them whatever a client wants to keep. 64 KiB at most.
             * @example {
             *       "steps": 12,
             *       "cfg": 5.5,
             *       "sampler": "euler"
             *     }
             */
            settings: Record<string, never>;
            /** @enum {unknown} */
            visibility: "organisation" | "private" | "team";
            /**
             * Format: uuid
             * @description Whose it is.
             */
            user_id: string;
            /** @description Their name. */
            owner: string;
            /** @description Is it the caller's own? */
            mine: boolean;
            team_id: string | null;
            created_at: string;
            updated_at: string;
        };
        /**
         * PresetPatch
         * @description What shall change; what is left out stays.
         */
        PresetPatch: {
            /** @example Quick draft */
            name?: string;
            /**
             * @description Fields as `POST /generate/txt2img` and its like take them, without prompt and pictures, which are checked; beside them whatever a client wants to keep. 64 KiB at most.
             * @example {
             *       "steps": 12,
             *       "cfg": 5.5,
             *       "sampler": "euler"
             *     }
             */
            settings?: Record<string, never>;
            /**
             * @example private
             * @enum {unknown}
             */
            visibility?: "organisation" | "private" | "team";
            team_id?: string | null;
        };
        /**
         * PriceLine
         * @description A line of a price.
         */
        PriceLine: {
            /**
             * @description Which row of the price table.
             * @enum {unknown}
             */
            item: "controlnet" | "img2img" | "lora" | "preprocess" | "sdxl" | "txt2img" | "upscale" | "vae" | "video";
            /** @description What it is for, in words. */
            text: string;
            /** @description For one picture. */
            each_microcredits: number;
            /** @description Pictures. */
            count: number;
            /** @description each times count */
            amount_microcredits: number;
        };
        /**
         * PriceList
         * @description What work costs. A request of several pictures costs so many times as much.
         */
        PriceList: {
            items: components["schemas"]["PriceListItem"][];
        };
        /**
         * PriceListItem
         * @description A row of the price table.
         */
        PriceListItem: {
            /** @enum {unknown} */
            item: "controlnet" | "img2img" | "lora" | "preprocess" | "sdxl" | "txt2img" | "upscale" | "vae" | "video";
            /**
             * @description What the amount is for; `times`: what the picture's price is multiplied by.
             * @enum {unknown}
             */
            unit: "25 frames" | "picture" | "picture of 512x512" | "times";
            /** @description Null where the price is multiplied. */
            amount_microcredits: number | null;
            /** @description What it is multiplied by; null elsewhere. */
            times: number | null;
            meaning: string;
        };
        /**
         * Problem
         * @description A problem document (RFC 9457). A problem may have members of its own.
         */
        Problem: {
            /**
             * Format: uri-reference
             * @description Leads to what is known of this kind of problem.
             */
            type: string;
            title: string;
            status: number;
            /** @description What is wrong here, and what to do. */
            detail: string;
            /**
             * Format: uri-reference
             * @description urn:request: and the request's id.
             */
            instance: string;
            /** @description Which fields or parameters are wrong. */
            errors?: {
                /** @description body, query, path, header or cookie */
                in: string;
                /** @description As items[0].name; empty: the whole. */
                path: string;
                message: string;
            }[];
        };
        /**
         * ProviderInfo
         * @description A provider that people may sign in with.
         */
        ProviderInfo: {
            /** @example google */
            name: string;
            /**
             * @description What to call it on a button.
             * @example Google
             */
            title: string;
        };
        /**
         * Quote
         * @description A price that binds until it expires, for one job of just this request (whatever its seed).
         */
        Quote: {
            /**
             * Format: uuid
             * @description Send it as `quote_id` with the job.
             */
            id: string;
            amount_microcredits: number;
            /** @description What the amount is made of. */
            lines: components["schemas"]["PriceLine"][];
            expires_at: string;
        };
        /**
         * Readiness
         * @description What the API needs, each `ok` or what is wrong with it. Without the storage all goes on but files.
         */
        Readiness: {
            /** @example ok */
            database: string;
            /** @example ok */
            redis: string;
            /** @example ok */
            storage: string;
            /**
             * @default ok
             * @enum {unknown}
             */
            process?: "ok" | "stopping";
        };
        /**
         * Refresh
         * @description A refresh token, which is good once.
         */
        Refresh: {
            /** @example rt_kX9v… */
            refresh_token: string;
        };
        /**
         * Register
         * @description A new account, with an organisation of its own.
         */
        Register: {
            /**
             * @description A mail address. A–Z count as a–z.
             * @example ada@example.com
             */
            email: string;
            /**
             * @description At least 12 characters, any.
             * @example correct horse battery staple
             */
            password: string;
            /** @example Ada */
            name: string;
        };
        /**
         * Relative
         * @description An asset that another was made of, or that was made of it.
         */
        Relative: {
            asset: components["schemas"]["Asset"];
            /**
             * @description How the younger one was made of the older one.
             * @example img2img
             */
            relation: string;
            /**
             * Format: uuid
             * @description The one that it stands in this relation to, on the way to the asset that was asked for.
             */
            nearer_id: string;
            /** @description 1: parents and children. */
            distance: number;
        };
        /**
         * Rendition
         * @description A smaller form of a picture.
         */
        Rendition: {
            /**
             * @description Longest side in pixels, and format.
             * @example 256.webp
             */
            form: string;
            /** @description Is it there? If not, it is made when it is asked for. */
            made: boolean;
            /** @description Bytes. */
            size: number | null;
            width: number;
            height: number;
            url: string;
        };
        /**
         * ResetPassword
         * @description A new password, and the token of the mail that lets one set it.
         */
        ResetPassword: {
            /** @example pr_Jh3b… */
            token: string;
            /**
             * @description At least 12 characters, any.
             * @example correct horse battery staple
             */
            password: string;
        };
        /**
         * Revoked
         * @description How many were ended.
         */
        Revoked: {
            revoked: number;
        };
        /**
         * Role
         * @description What its bearers may do.
         */
        Role: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description As `resource:action`; docs/permissions.md says what they mean. */
            permissions: string[];
            /** @description Every organisation has it, and nobody can change it. */
            built_in: boolean;
        };
        /**
         * RolePatch
         * @description What shall change; what is left out stays.
         */
        RolePatch: {
            /** @example reviewer */
            name?: string;
            /**
             * @description All that the role may do from now on.
             * @example [
             *       "member:read",
             *       "team:read"
             *     ]
             */
            permissions?: ("api_key:create" | "api_key:manage" | "api_key:read" | "api_key:revoke" | "asset:create" | "asset:delete" | "asset:manage" | "asset:read" | "asset:update" | "audit:export" | "audit:read" | "credit:manage" | "credit:read" | "invitation:create" | "invitation:read" | "invitation:revoke" | "job:create" | "job:manage" | "job:read" | "member:read" | "member:remove" | "member:update" | "model:manage" | "model:read" | "organisation:read" | "organisation:update" | "role:create" | "role:delete" | "role:read" | "role:update" | "team:create" | "team:delete" | "team:manage" | "team:read" | "team:update" | "webhook:manage" | "webhook:read" | "workflow:create" | "workflow:manage" | "workflow:read")[];
        };
        /**
         * RunWorkflow
         * @description How a kept workflow is run.
         */
        RunWorkflow: {
            /**
             * @description The newest one where it is not given.
             * @default null
             */
            version?: number | null;
            /**
             * @description Node → input → value, instead of what the workflow says.
             * @default {}
             * @example {
             *       "3": {
             *         "seed": 7
             *       }
             *     }
             */
            inputs?: {
                [key: string]: Record<string, never>;
            };
            /**
             * @description Only these output nodes.
             * @default null
             */
            outputs?: string[] | null;
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * @description A team that one is in: its members see the job and its pictures.
             * @default null
             */
            team_id?: string | null;
        };
        /**
         * SelectedAssets
         * @description Several at once: all of them, or none where one is not there.
         */
        SelectedAssets: {
            /**
             * @example [
             *       "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
             *     ]
             */
            asset_ids: string[];
        };
        /**
         * SessionInfo
         * @description One login on one device.
         */
        SessionInfo: {
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description In whose name it acts.
             */
            organisation_id: string;
            /**
             * @description `password`, or the provider's name.
             * @example password
             */
            means: string;
            /**
             * @description The User-Agent that signed in.
             * @example Mozilla/5.0 …
             */
            device: string;
            /**
             * @description The address that it signed in from.
             * @example 192.0.2.7
             */
            address: string;
            created_at: string;
            /** @description Written at most once a minute. */
            last_used_at: string;
            /** @description When it ends if it is not used until then. */
            expires_at: string;
            /** @description Is it the one that asks? */
            current: boolean;
        };
        /**
         * Share
         * @description Who may see a workflow.
         */
        Share: {
            /**
             * @description private: its owner. team: the members of `team_id`, who may save versions, too. link: those as well, and whoever has one of its links. public: those, and everybody who is signed in, of whatever organisation.
             * @example private
             * @enum {unknown}
             */
            visibility: "link" | "private" | "public" | "team";
            /**
             * @description A team that one is in.
             * @default null
             */
            team_id?: string | null;
        };
        /**
         * SharedAsset
         * @description What a link shows of a picture: not who made it, nor how.
         */
        SharedAsset: {
            name: string;
            media_type: string;
            /** @description Pixels. */
            width: number;
            height: number;
            /** @description Bytes of the file as it was made; handed out without what it says of that, it is a little smaller. */
            size: number;
            /**
             * @description Its bytes, for whoever has the link; `?download=true` to save them, `?form=1024.webp` for a smaller form.
             * @example /api/v1/shared/pic_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7u/content
             */
            url: string;
            expires_at: string | null;
        };
        /**
         * SizePreset
         * @description A size that suits a checkpoint.
         */
        SizePreset: {
            /** @example Square */
            title: string;
            /**
             * @description Width to height.
             * @example 1:1
             */
            ratio: string;
            /** @description Pixels. */
            width: number;
            height: number;
        };
        /**
         * SpendingLimit
         * @description The most that somebody may spend in a calendar month (UTC).
         */
        SpendingLimit: {
            /** @enum {unknown} */
            scope: "member" | "organisation" | "team";
            /**
             * Format: uuid
             * @description Of the organisation, the team or the member.
             */
            subject_id: string;
            /** @description Of the same. */
            name: string;
            amount_microcredits: number;
            /** @description Of this month; what jobs hold that have not ended is in it. */
            spent_microcredits: number;
            /** @description Percentages at which the admins are told. */
            alerts: number[];
            created_at: string;
        };
        /**
         * SpendingLimits
         * @description All limits of spending.
         */
        SpendingLimits: {
            items: components["schemas"]["SpendingLimit"][];
        };
        /**
         * Status
         * @description How far a job is; small, for who asks often. `/ws` and `/api/v1/events` tell without being asked.
         */
        Status: {
            /** Format: uuid */
            id: string;
            /** @enum {unknown} */
            state: "ASSIGNED" | "CANCELLED" | "COMPLETED" | "FAILED" | "PENDING" | "PROCESSING" | "QUEUED";
            paused: boolean;
            attempt: number;
            cancel_requested: boolean;
            /** @description Its place in line: 1 is next; null where it is not in line. */
            position: number | null;
            /**
             * @description What works on it: text, sampler, decode, store.
             * @example sampler
             */
            node: string | null;
            /** @description Finished steps; null where it is not being worked on. */
            step: number | null;
            steps: number | null;
            /** @description Until it is expected to be done. */
            eta_seconds: number | null;
        };
        /**
         * Style
         * @description A way to paint whatever a prompt says.
         */
        Style: {
            /** @example outlined */
            name: string;
            title: string;
            description: string;
            /**
             * @description Put what is to be painted in the place of `{prompt}`.
             * @example {prompt}, outlined
             */
            prompt: string;
            negative_prompt: string;
            /** @description Only with these; null: with any. */
            checkpoints: string[] | null;
            /**
             * @description What it painted, a WebP for everybody.
             * @example /api/v1/styles/outlined/thumbnail
             */
            thumbnail: string;
        };
        /**
         * Suggestion
         * @description A prompt to go on with.
         */
        Suggestion: {
            /**
             * @description The whole prompt.
             * @example a large red star on a blue background
             */
            text: string;
            /**
             * @description What it adds to what was typed; the prompt itself where nothing was.
             * @example on a blue background
             */
            title: string;
        };
        /**
         * SwitchOrganisation
         * @description In whose name to go on.
         */
        SwitchOrganisation: {
            /** Format: uuid */
            organisation_id: string;
        };
        /**
         * SyntaxNote
         * @description Something in a prompt that will not do what it seems to.
         */
        SyntaxNote: {
            /**
             * @description error: a job with this prompt is refused.
             * @enum {unknown}
             */
            severity: "error" | "warning";
            message: string;
            /** @description Place of the first character that it is about. */
            start: number;
            /** @description Behind the last one. */
            end: number;
        };
        /**
         * TagChange
         * @description Tags to put on several assets and to take off them.
         */
        TagChange: {
            /**
             * @example [
             *       "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
             *     ]
             */
            asset_ids: string[];
            /**
             * @default []
             * @example [
             *       "landscape",
             *       "blue"
             *     ]
             */
            add?: string[];
            /**
             * @default []
             * @example [
             *       "draft"
             *     ]
             */
            remove?: string[];
        };
        /**
         * TagCount
         * @description A word, and how many assets it finds.
         */
        TagCount: {
            name: string;
            count: number;
        };
        /**
         * Team
         * @description Some members of the organisation.
         */
        Team: {
            /** Format: uuid */
            id: string;
            /** @example Animation */
            name: string;
            created_at: string;
        };
        /**
         * TeamMember
         * @description Somebody who is in a team.
         */
        TeamMember: {
            /** Format: uuid */
            user_id: string;
            /** @example ada@example.com */
            email: string;
            name: string;
            joined_at: string;
        };
        /**
         * TeamOfMine
         * @description A team that the caller is in.
         */
        TeamOfMine: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /**
         * TeamPatch
         * @description What shall change; what is left out stays.
         */
        TeamPatch: {
            /** @example Animation */
            name?: string;
        };
        /**
         * Template
         * @description A workflow that comes with the studio.
         */
        Template: {
            /** @example text-to-image */
            name: string;
            title: string;
            description: string;
            tags: string[];
            /** @description Classes of its nodes. */
            node_types: string[];
            /** @description What it painted, as a WebP. */
            thumbnail_url: string;
        };
        /**
         * TemplateDetails
         * @description A template with its workflow.
         */
        TemplateDetails: {
            /** @example text-to-image */
            name: string;
            title: string;
            description: string;
            tags: string[];
            /** @description Classes of its nodes. */
            node_types: string[];
            /** @description What it painted, as a WebP. */
            thumbnail_url: string;
            /**
             * @example {
             *       "1": {
             *         "class_type": "CheckpointLoaderSimple",
             *         "inputs": {
             *           "ckpt_name": "pocket"
             *         }
             *       }
             *     }
             */
            graph: {
                [key: string]: Record<string, never>;
            };
            /** @description As an editor keeps it. */
            document: Record<string, never>;
        };
        /**
         * Thresholding
         * @description Dynamic thresholding: guidance as high as asked for, contrast as at a lower one.
         */
        Thresholding: {
            /** @default 7 */
            mimic?: number;
            /** @default 1 */
            percentile?: number;
        };
        /**
         * ToCount
         * @description A prompt to look at.
         */
        ToCount: {
            /** @example pocket */
            checkpoint: string;
            /** @example a large red circle on a blue background */
            prompt: string;
            /**
             * @description Changes no count; what the checkpoint does not have is said in `syntax`.
             * @default 1
             */
            clip_skip?: number;
        };
        /**
         * ToValidate
         * @description A workflow to look at: as a graph, or as an editor's document.
         */
        ToValidate: {
            /**
             * @default null
             * @example {
             *       "1": {
             *         "class_type": "CheckpointLoaderSimple",
             *         "inputs": {
             *           "ckpt_name": "pocket"
             *         }
             *       }
             *     }
             */
            graph?: Record<string, never> | null;
            /** @default null */
            document?: Record<string, never> | null;
            /**
             * @description Only these output nodes.
             * @default null
             */
            outputs?: string[] | null;
        };
        /**
         * TokenChunk
         * @description What the text encoder reads at once.
         */
        TokenChunk: {
            /**
             * @description 75 at most.
             * @example 9
             */
            tokens: number;
            /** @description What its tokens say, as the tokenizer reads it: in lower case; embeddings by name. */
            text: string;
        };
        /**
         * Tokens
         * @description A new pair of tokens.
         */
        Tokens: {
            /** @description An RS256 JWT (RFC 9068); send it as `Authorization: Bearer …`. */
            access_token: string;
            /** @description Good once, for `/auth/refresh`; the answer brings the next one. */
            refresh_token: string;
            /** @description Seconds that the access token is valid. */
            expires_in: number;
            /**
             * @default Bearer
             * @enum {unknown}
             */
            token_type?: "Bearer";
        };
        /**
         * Txt2Img
         * @description Pictures of words.
         */
        Txt2Img: {
            /** @enum {unknown} */
            kind: "txt2img";
            /**
             * @description LoRAs at work, beside those in the prompts.
             * @default []
             * @example []
             */
            loras?: components["schemas"]["Lora"][];
            /**
             * @description ControlNets, all at once.
             * @default []
             * @example []
             */
            controls?: components["schemas"]["Controlled"][];
            /**
             * @description Pictures that guide beside the prompt.
             * @default null
             * @example null
             */
            image_prompt?: components["schemas"]["Pictured"] | null;
            /**
             * @description Another checkpoint's VAE, or one published by itself.
             * @default null
             * @example null
             */
            vae?: string | null;
            /**
             * @description Along which axes the picture's edges meet.
             * @default none
             * @enum {unknown}
             */
            tiling?: "none" | "x" | "xy" | "y";
            /**
             * @description Of the noise that it varies towards; drawn at random when not given and wanted.
             * @default null
             */
            variation_seed?: number | null;
            /**
             * @description How far: 0 is the seed's own picture, 1 the other seed's.
             * @default 0
             */
            variation_strength?: number;
            /**
             * @default null
             * @example null
             */
            freeu?: components["schemas"]["FreeU"] | null;
            /**
             * @description Scale of perturbed-attention guidance; 3 is usual, 0 is none.
             * @default 0
             */
            pag?: number;
            /**
             * @description Share of CFG rescaling, against what high guidance burns out.
             * @default 0
             */
            cfg_rescale?: number;
            /**
             * @default null
             * @example null
             */
            thresholding?: components["schemas"]["Thresholding"] | null;
            /**
             * @description What to paint; (words:1.2) weights, embedding:name or an embedding's bare name, <lora:name:0.8>.
             * @example a large red circle on a blue background
             */
            prompt: string;
            /**
             * @description What to keep away from.
             * @default
             * @example blurry, text
             */
            negative_prompt?: string;
            /**
             * @description A published checkpoint.
             * @default pocket
             * @example pocket
             */
            model?: string;
            /**
             * @description Denoising steps.
             * @default 20
             */
            steps?: number;
            /**
             * @description Guidance scale; 1 leaves the negative prompt unused.
             * @default 7
             */
            cfg?: number;
            /**
             * @default dpmpp_2m
             * @example dpmpp_2m
             * @enum {string}
             */
            sampler?: "euler" | "euler_cfg_pp" | "euler_ancestral" | "euler_ancestral_cfg_pp" | "heun" | "heunpp2" | "dpm_2" | "dpm_2_ancestral" | "lms" | "dpm_fast" | "dpm_adaptive" | "dpmpp_2s_ancestral" | "dpmpp_2s_ancestral_cfg_pp" | "dpmpp_sde" | "dpmpp_2m" | "dpmpp_2m_cfg_pp" | "dpmpp_2m_sde" | "dpmpp_3m_sde" | "ddpm" | "lcm" | "ipndm" | "ipndm_v" | "deis" | "res_multistep" | "res_multistep_cfg_pp" | "gradient_estimation" | "gradient_estimation_cfg_pp" | "er_sde" | "seeds_2" | "seeds_3" | "sa_solver" | "ddim" | "uni_pc" | "uni_pc_bh2";
            /**
             * @default karras
             * @example karras
             * @enum {string}
             */
            scheduler?: "normal" | "karras" | "exponential" | "sgm_uniform" | "simple" | "ddim_uniform" | "beta" | "linear_quadratic" | "kl_optimal";
            /**
             * @description Of the noise: the same seed paints the same picture; drawn at random when not given.
             * @default null
             */
            seed?: number | null;
            /**
             * @description Pictures of one request.
             * @default 1
             */
            batch?: number;
            /**
             * @description Which text layer is used, counted from the last.
             * @default 1
             */
            clip_skip?: number;
            /**
             * @default png
             * @enum {unknown}
             */
            format?: "png" | "webp";
            /**
             * @description A preview every so many steps; 0: none.
             * @default 0
             */
            preview_every?: number;
            /**
             * @description Pixels; the checkpoint's own size when not given.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
            /**
             * @description A second pass over a larger form of the picture.
             * @default null
             * @example null
             */
            hires?: components["schemas"]["Hires"] | null;
        };
        /**
         * UnwantedAssets
         * @description Several at once: all of them, or none where one is not there.
         */
        UnwantedAssets: {
            /**
             * @example [
             *       "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
             *     ]
             */
            asset_ids: string[];
            /**
             * @description Shall they be removed at once, in the bin or not, and for good?
             * @default false
             */
            forever?: boolean;
        };
        /**
         * Upscale
         * @description A picture made larger.
         */
        Upscale: {
            /** @enum {unknown} */
            kind: "upscale";
            /**
             * Format: uuid
             * @description The asset.
             */
            image: string;
            /**
             * @description The name of an upscaler.
             * @example realesr-animevideov3-x2
             */
            upscaler: string;
            /**
             * @description How much larger the result shall be; the upscaler's own factor when neither it nor a size is given.
             * @default null
             */
            scale?: number | null;
            /**
             * @description Pixels of the result, instead of `scale`; give both.
             * @default null
             */
            width?: number | null;
            /** @default null */
            height?: number | null;
        };
        /**
         * UsageItem
         * @description What was spent in a part of the usage.
         */
        UsageItem: {
            /** @description The day (2026-11-22), the id of the member or the team (empty: no team), the name of the model, or the job's kind. */
            subject: string;
            /** @description What people call it. */
            name: string;
            /** @description That were charged. */
            jobs: number;
            spent_microcredits: number;
            /**
             * @description Where `daily` was asked for: micro-credits of each day (2026-11-22, UTC) on which something was spent.
             * @default {}
             */
            days?: {
                [key: string]: number;
            };
        };
        /**
         * Validation
         * @description What was found.
         */
        Validation: {
            /** @description Does at least one output run? */
            valid: boolean;
            /** @description All that is wrong: where an output runs, of what else there is. */
            errors: components["schemas"]["WorkflowProblem"][];
            /** @description Null where nothing runs. */
            plan: components["schemas"]["PlanSummary"] | null;
        };
        /**
         * VerifyEmail
         * @description The token of the mail that was sent to the address.
         */
        VerifyEmail: {
            token: string;
        };
        /**
         * Version
         * @description A workflow as it was saved.
         */
        Version: {
            /** @description 1 is the first. */
            number: number;
            message: string;
            /** @description The name of who saved it. */
            author: string;
            created_at: string;
        };
        /**
         * VersionDetails
         * @description A version with all that is in it.
         */
        VersionDetails: {
            /** @description 1 is the first. */
            number: number;
            message: string;
            /** @description The name of who saved it. */
            author: string;
            created_at: string;
            /**
             * @description As ComfyUI's API takes it; empty where nothing of the document runs.
             * @example {
             *       "1": {
             *         "class_type": "CheckpointLoaderSimple",
             *         "inputs": {
             *           "ckpt_name": "pocket"
             *         }
             *       }
             *     }
             */
            graph: {
                [key: string]: Record<string, never>;
            };
            /** @description As an editor saved it; null where none did (`/export?form=editor` draws one). */
            document: Record<string, never> | null;
        };
        /**
         * Webhook
         * @description An address that is told of the organisation's jobs.
         */
        Webhook: {
            /** Format: uuid */
            id: string;
            url: string;
            description: string;
            /** @description Empty: all. */
            events: string[];
            enabled: boolean;
            /** @description Where the studio disabled it: why. */
            disabled_why: string;
            /** @description Every attempt since then has failed; after five days it is disabled. */
            failing_since: string | null;
            /** @description Until then messages are signed with the secret before as well. */
            old_secret_until: string | null;
            created_at: string;
        };
        /**
         * WebhookPatch
         * @description What to change; the rest stays.
         */
        WebhookPatch: {
            /**
             * @description HTTPS, and a public address.
             * @example https://example.com/hooks/studio
             */
            url?: string;
            /** @example our render farm */
            description?: string;
            /**
             * @description Types of events that it is told; empty: all.
             * @example [
             *       "job.completed"
             *     ]
             */
            events?: ("job.cancelled" | "job.completed" | "job.failed" | "job.started" | "webhook.test")[];
            /** @description Disabled ones are told nothing; what waits for them has failed. */
            enabled?: boolean;
        };
        /**
         * WebhookWithSecret
         * @description With its secret, which is shown this once and cannot be shown again.
         */
        WebhookWithSecret: {
            /** Format: uuid */
            id: string;
            url: string;
            description: string;
            /** @description Empty: all. */
            events: string[];
            enabled: boolean;
            /** @description Where the studio disabled it: why. */
            disabled_why: string;
            /** @description Every attempt since then has failed; after five days it is disabled. */
            failing_since: string | null;
            /** @description Until then messages are signed with the secret before as well. */
            old_secret_until: string | null;
            created_at: string;
            /**
             * @description Signs the messages (HMAC-SHA256).
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            secret: string;
        };
        /**
         * WorkflowDetails
         * @description A workflow and its newest version.
         */
        WorkflowDetails: {
            /** Format: uuid */
            id: string;
            name: string;
            description: string;
            tags: string[];
            /** @enum {unknown} */
            visibility: "link" | "private" | "public" | "team";
            /** @description The name of its owner. */
            author: string;
            /** @description Its owner; null for workflows of other organisations. */
            user_id: string | null;
            /** @description The team that sees it; null for workflows of other organisations. */
            team_id: string | null;
            /** @description Is it the caller's own? */
            mine: boolean;
            /** @description The number of the newest version. */
            version: number;
            /** @description How many people have marked it. */
            stars: number;
            /** @description Has the caller? */
            starred: boolean;
            /** @description The workflow that it was made of. */
            forked_from: string | null;
            /** @description A small WebP. */
            thumbnail_url: string | null;
            created_at: string;
            /** @description When it was last saved or changed. */
            updated_at: string;
            current: components["schemas"]["VersionDetails"];
        };
        /**
         * WorkflowForm
         * @description The values of a workflow as a form.
         */
        WorkflowForm: {
            version: number;
            /** @description Those that people usually want to change first. */
            items: components["schemas"]["WorkflowInput"][];
            /** @description Nodes of classes that do not exist here, whose values are not among them. */
            unknown_nodes: string[];
        };
        /**
         * WorkflowInput
         * @description A value of a workflow that can be another when it is run (`inputs` of `/run`: node → name → value).
         */
        WorkflowInput: {
            /** @example 3 */
            node: string;
            /** @example seed */
            name: string;
            /** @example Seed */
            label: string;
            /**
             * @description What its node is called: by the workflow's author, else by the class.
             * @example KSampler
             */
            group: string;
            class_type: string;
            /**
             * @description Of the value; COMBO is one of `choices`.
             * @enum {unknown}
             */
            type: "BOOLEAN" | "COMBO" | "FLOAT" | "INT" | "STRING";
            /**
             * @description What to show for it. picture and file: the id of an asset will do as its value.
             * @enum {unknown}
             */
            widget: "choice" | "file" | "number" | "picture" | "prompt" | "seed" | "switch" | "text";
            /** @description What the workflow says; the default where it says nothing. */
            value: unknown;
            default: unknown;
            /** @description Of numbers. */
            minimum: number | null;
            /** @description Of numbers; of texts the most characters. */
            maximum: number | null;
            step: number | null;
            multiline: boolean;
            /** @description Of a COMBO: what there is; of files, one's own. */
            choices: string[] | null;
            /** @description Is it what people usually want to change: prompts, pictures, seeds, sizes, steps? */
            main: boolean;
            /** @description What it does; may be empty. */
            help: string;
        };
        /**
         * WorkflowPatch
         * @description What shall change; what is left out stays.
         */
        WorkflowPatch: {
            /** @example Portrait, two passes */
            name?: string;
            /** @example Paints, enlarges, paints again. */
            description?: string;
            /**
             * @description All of them: those that it had go.
             * @example [
             *       "portrait",
             *       "hires"
             *     ]
             */
            tags?: string[];
            /** @description A picture of the caller's; whoever sees the workflow sees it, too. Null: none. */
            thumbnail_asset_id?: string | null;
        };
        /**
         * WorkflowProblem
         * @description Something wrong in a workflow.
         */
        WorkflowProblem: {
            /**
             * @description As ComfyUI names it.
             * @example value_bigger_than_max
             */
            type: string;
            message: string;
            /** @default  */
            details?: string;
            /**
             * @description The node that it is in; null for the whole.
             * @default null
             */
            node?: string | null;
            /** @default  */
            class_type?: string;
            /** @default null */
            input?: string | null;
            /**
             * @description Output nodes that cannot run because of it.
             * @default []
             */
            dependent_outputs?: string[];
        };
        /**
         * Usage
         * @description What the organisation's files take.
         */
        "control.assets.asset_schemas.Usage": {
            bytes: number;
            archived_bytes: number;
            assets: number;
            deleted: number;
            quota_bytes: number | null;
        };
        /**
         * Link
         * @description An address that opens a file without any other proof.
         */
        "control.assets.schemas.Link": {
            url: string;
            expires_at: string;
        };
        /**
         * Usage
         * @description What was spent in a time, by day, member, team, model or kind of job. Counted at the time when a job was submitted.
         */
        "control.billing.schemas.Usage": {
            since: string;
            until: string;
            /** @enum {unknown} */
            by: "day" | "kind" | "member" | "model" | "team";
            items: components["schemas"]["UsageItem"][];
            spent_microcredits: number;
        };
        /**
         * Link
         * @description A link that opens a workflow.
         */
        "control.workflows.documents.schemas.Link": {
            /** Format: uuid */
            id: string;
            name: string;
            created_at: string;
        };
        /**
         * Workflow
         * @description A workflow that is kept.
         */
        "control.workflows.documents.schemas.Workflow": {
            /** Format: uuid */
            id: string;
            name: string;
            description: string;
            tags: string[];
            /** @enum {unknown} */
            visibility: "link" | "private" | "public" | "team";
            author: string;
            user_id: string | null;
            team_id: string | null;
            mine: boolean;
            version: number;
            stars: number;
            starred: boolean;
            forked_from: string | null;
            thumbnail_url: string | null;
            created_at: string;
            updated_at: string;
        };
        /**
         * Workflow
         * @description A graph of nodes, as ComfyUI's API takes it.
         */
        "control.workflows.graph.Workflow": {
            /** @enum {unknown} */
            kind: "workflow";
            /**
             * @description Id → node: `class_type`, and `inputs` by name: values, or links [id of a node, number of its output]. Inputs that a node does not have are not looked at.
             * @example {
             *       "1": {
             *         "class_type": "CheckpointLoaderSimple",
             *         "inputs": {
             *           "ckpt_name": "pocket"
             *         }
             *       }
             *     }
             */
            graph: Record<string, never>;
            /** @default null */
            outputs?: string[] | null;
            /** @default null */
            document?: Record<string, never> | null;
            /** @default 0 */
            preview_every?: number;
            /** @default null */
            workflow_id?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The request's id: the one that was sent, or a new one. */
        "X-Request-Id": string;
        /** @description The caller's limits: q requests in any w seconds. */
        "RateLimit-Policy": string;
        /** @description What is left: r requests; t seconds until more come free. Absent where it cannot be counted. */
        RateLimit: string;
        /** @description After how many seconds the request may be sent again. */
        "Retry-After": string;
        /** @description How to sign in. */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type Accepted = components['schemas']['Accepted'];
export type ApiKeyInfo = components['schemas']['ApiKeyInfo'];
export type Archive = components['schemas']['Archive'];
export type ArchiveFilter = components['schemas']['ArchiveFilter'];
export type Asset = components['schemas']['Asset'];
export type AssetDetails = components['schemas']['AssetDetails'];
export type AssetLink = components['schemas']['AssetLink'];
export type AssetPatch = components['schemas']['AssetPatch'];
export type Attempt = components['schemas']['Attempt'];
export type Board = components['schemas']['Board'];
export type BoardPatch = components['schemas']['BoardPatch'];
export type Bounds = components['schemas']['Bounds'];
export type BrowserSession = components['schemas']['BrowserSession'];
export type ChainReport = components['schemas']['ChainReport'];
export type ChangeMe = components['schemas']['ChangeMe'];
export type ChangePassword = components['schemas']['ChangePassword'];
export type Changed = components['schemas']['Changed'];
export type ChangedNode = components['schemas']['ChangedNode'];
export type CheckpointOptions = components['schemas']['CheckpointOptions'];
export type Choice = components['schemas']['Choice'];
export type Controlled = components['schemas']['Controlled'];
export type Copy = components['schemas']['Copy'];
export type Counted = components['schemas']['Counted'];
export type CreatedApiKey = components['schemas']['CreatedApiKey'];
export type Credits = components['schemas']['Credits'];
export type Defaults = components['schemas']['Defaults'];
export type Delivery = components['schemas']['Delivery'];
export type Diff = components['schemas']['Diff'];
export type DiffInput = components['schemas']['DiffInput'];
export type DiffLink = components['schemas']['DiffLink'];
export type DiffNode = components['schemas']['DiffNode'];
export type Event = components['schemas']['Event'];
export type Facets = components['schemas']['Facets'];
export type Family = components['schemas']['Family'];
export type ForgotPassword = components['schemas']['ForgotPassword'];
export type FreeU = components['schemas']['FreeU'];
export type FromJob = components['schemas']['FromJob'];
export type Health = components['schemas']['Health'];
export type HintChoice = components['schemas']['HintChoice'];
export type Hires = components['schemas']['Hires'];
export type History = components['schemas']['History'];
export type Img2Img = components['schemas']['Img2Img'];
export type Inpaint = components['schemas']['Inpaint'];
export type Invitation = components['schemas']['Invitation'];
export type InvitationPreview = components['schemas']['InvitationPreview'];
export type InvitationToken = components['schemas']['InvitationToken'];
export type InvitedRegistration = components['schemas']['InvitedRegistration'];
export type Job = components['schemas']['Job'];
export type JobError = components['schemas']['JobError'];
export type JobNode = components['schemas']['JobNode'];
export type JobPreview = components['schemas']['JobPreview'];
export type JobProgress = components['schemas']['JobProgress'];
export type JobState = components['schemas']['JobState'];
export type LedgerEntry = components['schemas']['LedgerEntry'];
export type LedgerPosting = components['schemas']['LedgerPosting'];
export type Limits = components['schemas']['Limits'];
export type Login = components['schemas']['Login'];
export type LoginCode = components['schemas']['LoginCode'];
export type Lora = components['schemas']['Lora'];
export type MadeAssetLink = components['schemas']['MadeAssetLink'];
export type MadeLink = components['schemas']['MadeLink'];
export type Me = components['schemas']['Me'];
export type Member = components['schemas']['Member'];
export type MemberPatch = components['schemas']['MemberPatch'];
export type Model = components['schemas']['Model'];
export type Move = components['schemas']['Move'];
export type Multipart = components['schemas']['Multipart'];
export type MultipartPart = components['schemas']['MultipartPart'];
export type NewApiKey = components['schemas']['NewApiKey'];
export type NewArchive = components['schemas']['NewArchive'];
export type NewAssetLink = components['schemas']['NewAssetLink'];
export type NewBoard = components['schemas']['NewBoard'];
export type NewInvitation = components['schemas']['NewInvitation'];
export type NewJob = components['schemas']['NewJob'];
export type NewLink = components['schemas']['NewLink'];
export type NewMultipart = components['schemas']['NewMultipart'];
export type NewOrganisation = components['schemas']['NewOrganisation'];
export type NewPreset = components['schemas']['NewPreset'];
export type NewRole = components['schemas']['NewRole'];
export type NewSpendingLimit = components['schemas']['NewSpendingLimit'];
export type NewTeam = components['schemas']['NewTeam'];
export type NewVersion = components['schemas']['NewVersion'];
export type NewWebhook = components['schemas']['NewWebhook'];
export type NewWorkflow = components['schemas']['NewWorkflow'];
export type Node = components['schemas']['Node'];
export type NodeError = components['schemas']['NodeError'];
export type NodeErrors = components['schemas']['NodeErrors'];
export type NodeInput = components['schemas']['NodeInput'];
export type NodeKind = components['schemas']['NodeKind'];
export type NodeOutput = components['schemas']['NodeOutput'];
export type OfHint = components['schemas']['OfHint'];
export type OfMask = components['schemas']['OfMask'];
export type OfPicture = components['schemas']['OfPicture'];
export type OfRoom = components['schemas']['OfRoom'];
export type OfSize = components['schemas']['OfSize'];
export type OfWords = components['schemas']['OfWords'];
export type Options = components['schemas']['Options'];
export type Organisation = components['schemas']['Organisation'];
export type OrganisationPatch = components['schemas']['OrganisationPatch'];
export type Outpaint = components['schemas']['Outpaint'];
export type OutputLink = components['schemas']['OutputLink'];
export type Outputs = components['schemas']['Outputs'];
export type OwnOrganisation = components['schemas']['OwnOrganisation'];
export type PageApiKeyInfo = components['schemas']['Page_ApiKeyInfo_'];
export type PageAssetLink = components['schemas']['Page_AssetLink_'];
export type PageAsset = components['schemas']['Page_Asset_'];
export type PageBoard = components['schemas']['Page_Board_'];
export type PageDelivery = components['schemas']['Page_Delivery_'];
export type PageEvent = components['schemas']['Page_Event_'];
export type PageInvitation = components['schemas']['Page_Invitation_'];
export type PageJob = components['schemas']['Page_Job_'];
export type PageLedgerPosting = components['schemas']['Page_LedgerPosting_'];
export type PageLink = components['schemas']['Page_Link_'];
export type PageMember = components['schemas']['Page_Member_'];
export type PageModel = components['schemas']['Page_Model_'];
export type PageNodeKind = components['schemas']['Page_NodeKind_'];
export type PageOwnOrganisation = components['schemas']['Page_OwnOrganisation_'];
export type PagePastPrompt = components['schemas']['Page_PastPrompt_'];
export type PagePreset = components['schemas']['Page_Preset_'];
export type PageProviderInfo = components['schemas']['Page_ProviderInfo_'];
export type PageRole = components['schemas']['Page_Role_'];
export type PageSessionInfo = components['schemas']['Page_SessionInfo_'];
export type PageStyle = components['schemas']['Page_Style_'];
export type PageSuggestion = components['schemas']['Page_Suggestion_'];
export type PageTeamMember = components['schemas']['Page_TeamMember_'];
export type PageTeam = components['schemas']['Page_Team_'];
export type PageTemplate = components['schemas']['Page_Template_'];
export type PageVersion = components['schemas']['Page_Version_'];
export type PageWebhook = components['schemas']['Page_Webhook_'];
export type PageWorkflow = components['schemas']['Page_Workflow_'];
export type PastPrompt = components['schemas']['PastPrompt'];
export type Pictured = components['schemas']['Pictured'];
export type PlanSummary = components['schemas']['PlanSummary'];
export type Preprocess = components['schemas']['Preprocess'];
export type Preset = components['schemas']['Preset'];
export type PresetPatch = components['schemas']['PresetPatch'];
export type PriceLine = components['schemas']['PriceLine'];
export type PriceList = components['schemas']['PriceList'];
export type PriceListItem = components['schemas']['PriceListItem'];
export type Problem = components['schemas']['Problem'];
export type ProviderInfo = components['schemas']['ProviderInfo'];
export type Quote = components['schemas']['Quote'];
export type Readiness = components['schemas']['Readiness'];
export type Refresh = components['schemas']['Refresh'];
export type Register = components['schemas']['Register'];
export type Relative = components['schemas']['Relative'];
export type Rendition = components['schemas']['Rendition'];
export type ResetPassword = components['schemas']['ResetPassword'];
export type Revoked = components['schemas']['Revoked'];
export type Role = components['schemas']['Role'];
export type RolePatch = components['schemas']['RolePatch'];
export type RunWorkflow = components['schemas']['RunWorkflow'];
export type SelectedAssets = components['schemas']['SelectedAssets'];
export type SessionInfo = components['schemas']['SessionInfo'];
export type Share = components['schemas']['Share'];
export type SharedAsset = components['schemas']['SharedAsset'];
export type SizePreset = components['schemas']['SizePreset'];
export type SpendingLimit = components['schemas']['SpendingLimit'];
export type SpendingLimits = components['schemas']['SpendingLimits'];
export type Status = components['schemas']['Status'];
export type Style = components['schemas']['Style'];
export type Suggestion = components['schemas']['Suggestion'];
export type SwitchOrganisation = components['schemas']['SwitchOrganisation'];
export type SyntaxNote = components['schemas']['SyntaxNote'];
export type TagChange = components['schemas']['TagChange'];
export type TagCount = components['schemas']['TagCount'];
export type Team = components['schemas']['Team'];
export type TeamMember = components['schemas']['TeamMember'];
export type TeamOfMine = components['schemas']['TeamOfMine'];
export type TeamPatch = components['schemas']['TeamPatch'];
export type Template = components['schemas']['Template'];
export type TemplateDetails = components['schemas']['TemplateDetails'];
export type Thresholding = components['schemas']['Thresholding'];
export type ToCount = components['schemas']['ToCount'];
export type ToValidate = components['schemas']['ToValidate'];
export type TokenChunk = components['schemas']['TokenChunk'];
export type Tokens = components['schemas']['Tokens'];
export type Txt2Img = components['schemas']['Txt2Img'];
export type UnwantedAssets = components['schemas']['UnwantedAssets'];
export type Upscale = components['schemas']['Upscale'];
export type UsageItem = components['schemas']['UsageItem'];
export type Validation = components['schemas']['Validation'];
export type VerifyEmail = components['schemas']['VerifyEmail'];
export type Version = components['schemas']['Version'];
export type VersionDetails = components['schemas']['VersionDetails'];
export type Webhook = components['schemas']['Webhook'];
export type WebhookPatch = components['schemas']['WebhookPatch'];
export type WebhookWithSecret = components['schemas']['WebhookWithSecret'];
export type WorkflowDetails = components['schemas']['WorkflowDetails'];
export type WorkflowForm = components['schemas']['WorkflowForm'];
export type WorkflowInput = components['schemas']['WorkflowInput'];
export type WorkflowPatch = components['schemas']['WorkflowPatch'];
export type WorkflowProblem = components['schemas']['WorkflowProblem'];
export type ControlAssetsAssetSchemasUsage = components['schemas']['control.assets.asset_schemas.Usage'];
export type ControlAssetsSchemasLink = components['schemas']['control.assets.schemas.Link'];
export type ControlBillingSchemasUsage = components['schemas']['control.billing.schemas.Usage'];
export type ControlWorkflowsDocumentsSchemasLink = components['schemas']['control.workflows.documents.schemas.Link'];
export type ControlWorkflowsDocumentsSchemasWorkflow = components['schemas']['control.workflows.documents.schemas.Workflow'];
export type ControlWorkflowsGraphWorkflow = components['schemas']['control.workflows.graph.Workflow'];
export type HeaderXRequestId = components['headers']['X-Request-Id'];
export type HeaderRateLimitPolicy = components['headers']['RateLimit-Policy'];
export type HeaderRateLimit = components['headers']['RateLimit'];
export type HeaderRetryAfter = components['headers']['Retry-After'];
export type HeaderWwwAuthenticate = components['headers']['WWW-Authenticate'];
export type $defs = Record<string, never>;
export interface operations {
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "database": "ok",
                     *       "redis": "ok",
                     *       "storage": "ok",
                     *       "process": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prometheus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "text/plain; version=0.0.4": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/jwk-set+json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    job_events: {
        parameters: {
            query?: {
                /** @description The highest event id that was seen: what came after it comes first. */
                after?: number;
                /** @description Everybody's jobs; needs the permission job:manage. */
                all?: boolean;
                /** @description End after so long, for who cannot wait for an answer without end; 0: what there is already. */
                seconds?: number;
            };
            header?: {
                /** @description What `after` says, as browsers send it when they come again. Counts where both are sent. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events until the client or the stream ends */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7",
                     *       "event": "state",
                     *       "data": "{\"type\":\"state\",\"id\":7,\"sequence\":1,\"state\":\"PENDING\"}"
                     *     }
                     */
                    "text/event-stream": {
                        /** @description Of a state: what to send as Last-Event-ID. */
                        id?: string;
                        /** @description The event's type. */
                        event?: string;
                        data: string;
                    };
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events_of_job: {
        parameters: {
            query?: {
                /** @description The highest event id that was seen: what came after it comes first. */
                after?: number;
                /** @description End after so long, for who cannot wait for an answer without end; 0: what there is already. */
                seconds?: number;
            };
            header?: {
                /** @description What `after` says, as browsers send it when they come again. Counts where both are sent. */
                "Last-Event-ID"?: string;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events until the client or the stream ends */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7",
                     *       "event": "state",
                     *       "data": "{\"type\":\"state\",\"id\":7,\"sequence\":1,\"state\":\"PENDING\"}"
                     *     }
                     */
                    "text/event-stream": {
                        /** @description Of a state: what to send as Last-Event-ID. */
                        id?: string;
                        /** @description The event's type. */
                        event?: string;
                        data: string;
                    };
                };
            };
            /** @description The job has ended, and you have seen how. Do not come again. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple",
                 *       "name": "Ada"
                 *     }
                 */
                "application/json": components["schemas"]["Register"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "text",
                     *       "refresh_token": "text",
                     *       "expires_in": 1,
                     *       "token_type": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "text",
                     *       "refresh_token": "text",
                     *       "expires_in": 1,
                     *       "token_type": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "rt_kX9v…"
                 *     }
                 */
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "text",
                     *       "refresh_token": "text",
                     *       "expires_in": 1,
                     *       "token_type": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    switch_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["SwitchOrganisation"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "text",
                     *       "refresh_token": "text",
                     *       "expires_in": 1,
                     *       "token_type": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browser_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "signed_in": true,
                     *       "csrf_token": "Qm9yaW5nLCBidXQgc2FmZQ",
                     *       "me": {
                     *         "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "email": "text",
                     *         "name": "text",
                     *         "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "tier": "text",
                     *         "role": "text",
                     *         "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "permissions": [
                     *           "text"
                     *         ],
                     *         "organisation_name": "text",
                     *         "email_verified": true,
                     *         "has_password": true,
                     *         "preferences": {},
                     *         "teams": [
                     *           {
                     *             "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "name": "text"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["BrowserSession"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browser_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browser_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "signed_in": true,
                     *       "csrf_token": "Qm9yaW5nLCBidXQgc2FmZQ",
                     *       "me": {
                     *         "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "email": "text",
                     *         "name": "text",
                     *         "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "tier": "text",
                     *         "role": "text",
                     *         "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "permissions": [
                     *           "text"
                     *         ],
                     *         "organisation_name": "text",
                     *         "email_verified": true,
                     *         "has_password": true,
                     *         "preferences": {},
                     *         "teams": [
                     *           {
                     *             "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "name": "text"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["BrowserSession"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browser_register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery staple",
                 *       "name": "Ada"
                 *     }
                 */
                "application/json": components["schemas"]["Register"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "signed_in": true,
                     *       "csrf_token": "Qm9yaW5nLCBidXQgc2FmZQ",
                     *       "me": {
                     *         "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "email": "text",
                     *         "name": "text",
                     *         "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "tier": "text",
                     *         "role": "text",
                     *         "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "permissions": [
                     *           "text"
                     *         ],
                     *         "organisation_name": "text",
                     *         "email_verified": true,
                     *         "has_password": true,
                     *         "preferences": {},
                     *         "teams": [
                     *           {
                     *             "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "name": "text"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["BrowserSession"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browser_register_invited: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "inv_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7uEeRiTyUvQwX",
                 *       "password": "correct horse battery staple",
                 *       "name": "Grace"
                 *     }
                 */
                "application/json": components["schemas"]["InvitedRegistration"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "signed_in": true,
                     *       "csrf_token": "Qm9yaW5nLCBidXQgc2FmZQ",
                     *       "me": {
                     *         "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "email": "text",
                     *         "name": "text",
                     *         "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "tier": "text",
                     *         "role": "text",
                     *         "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "permissions": [
                     *           "text"
                     *         ],
                     *         "organisation_name": "text",
                     *         "email_verified": true,
                     *         "has_password": true,
                     *         "preferences": {},
                     *         "teams": [
                     *           {
                     *             "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "name": "text"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["BrowserSession"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browser_exchange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "lc_R7d0…"
                 *     }
                 */
                "application/json": components["schemas"]["LoginCode"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "signed_in": true,
                     *       "csrf_token": "Qm9yaW5nLCBidXQgc2FmZQ",
                     *       "me": {
                     *         "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "email": "text",
                     *         "name": "text",
                     *         "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "tier": "text",
                     *         "role": "text",
                     *         "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "permissions": [
                     *           "text"
                     *         ],
                     *         "organisation_name": "text",
                     *         "email_verified": true,
                     *         "has_password": true,
                     *         "preferences": {},
                     *         "teams": [
                     *           {
                     *             "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "name": "text"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["BrowserSession"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browser_switch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["SwitchOrganisation"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "signed_in": true,
                     *       "csrf_token": "Qm9yaW5nLCBidXQgc2FmZQ",
                     *       "me": {
                     *         "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "email": "text",
                     *         "name": "text",
                     *         "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "tier": "text",
                     *         "role": "text",
                     *         "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *         "permissions": [
                     *           "text"
                     *         ],
                     *         "organisation_name": "text",
                     *         "email_verified": true,
                     *         "has_password": true,
                     *         "preferences": {},
                     *         "teams": [
                     *           {
                     *             "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "name": "text"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["BrowserSession"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "email": "text",
                     *       "name": "text",
                     *       "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "tier": "text",
                     *       "role": "text",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "permissions": [
                     *         "text"
                     *       ],
                     *       "organisation_name": "text",
                     *       "email_verified": true,
                     *       "has_password": true,
                     *       "preferences": {},
                     *       "teams": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeMe"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "email": "text",
                     *       "name": "text",
                     *       "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "tier": "text",
                     *       "role": "text",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "permissions": [
                     *         "text"
                     *       ],
                     *       "organisation_name": "text",
                     *       "email_verified": true,
                     *       "has_password": true,
                     *       "preferences": {},
                     *       "teams": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example {} */
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_login_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "google",
                     *           "title": "Google"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_ProviderInfo_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    begin_provider_login: {
        parameters: {
            query?: {
                /** @description Path of this studio where the browser goes in the end; without it, the web UI's. */
                redirect_to?: string;
            };
            header?: never;
            path: {
                /** @description A name of /auth/oauth/providers. */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finish_provider_login: {
        parameters: {
            query?: {
                state?: string;
                code?: string;
                error?: string;
                iss?: string;
            };
            header?: never;
            path: {
                /** @description A name of /auth/oauth/providers. */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exchange_login_code: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "lc_R7d0…"
                 *     }
                 */
                "application/json": components["schemas"]["LoginCode"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "text",
                     *       "refresh_token": "text",
                     *       "expires_in": 1,
                     *       "token_type": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forgot_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["ForgotPassword"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "pr_Jh3b…",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["ResetPassword"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_email: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "text"
                 *     }
                 */
                "application/json": components["schemas"]["VerifyEmail"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resend_verification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery staple",
                 *       "new_password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "means": "password",
                     *           "device": "Mozilla/5.0 …",
                     *           "address": "192.0.2.7",
                     *           "created_at": "text",
                     *           "last_used_at": "text",
                     *           "expires_at": "text",
                     *           "current": true
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_SessionInfo_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_other_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "revoked": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Revoked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_api_keys: {
        parameters: {
            query?: {
                /** @description Only keys of this member. */
                user_id?: string;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "email": "ada@example.com",
                     *           "name": "text",
                     *           "prefix": "sk_Zk3wPq9A",
                     *           "scopes": [
                     *             "text"
                     *           ],
                     *           "created_at": "text",
                     *           "expires_at": "text",
                     *           "last_used_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_ApiKeyInfo_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "nightly renders",
                 *       "scopes": [
                 *         "organisation:read",
                 *         "member:read"
                 *       ],
                 *       "expires_in_days": 90
                 *     }
                 */
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "email": "ada@example.com",
                     *       "name": "text",
                     *       "prefix": "sk_Zk3wPq9A",
                     *       "scopes": [
                     *         "text"
                     *       ],
                     *       "created_at": "text",
                     *       "expires_at": "text",
                     *       "last_used_at": "text",
                     *       "key": "sk_Zk3wPq9A…"
                     *     }
                     */
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                api_key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_organisations: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text",
                     *           "slug": "text",
                     *           "tier": "enterprise",
                     *           "role": "text",
                     *           "current": true
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_OwnOrganisation_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Analytical Engines"
                 *     }
                 */
                "application/json": components["schemas"]["NewOrganisation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "slug": "text",
                     *       "tier": "enterprise",
                     *       "role": "text",
                     *       "current": true
                     *     }
                     */
                    "application/json": components["schemas"]["OwnOrganisation"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Analytical Engines",
                     *       "slug": "analytical-engines-5f3a9c01",
                     *       "tier": "enterprise",
                     *       "limits": {
                     *         "requests_per_minute": 1,
                     *         "generations_per_hour": 1,
                     *         "uploads_per_hour": 1
                     *       },
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Organisation"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Analytical Engines"
                 *     }
                 */
                "application/json": components["schemas"]["OrganisationPatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Analytical Engines",
                     *       "slug": "analytical-engines-5f3a9c01",
                     *       "tier": "enterprise",
                     *       "limits": {
                     *         "requests_per_minute": 1,
                     *         "generations_per_hour": 1,
                     *         "uploads_per_hour": 1
                     *       },
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Organisation"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leave_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organisation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_members: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "email": "ada@example.com",
                     *           "name": "text",
                     *           "role": "user",
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "joined_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Member_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "email": "ada@example.com",
                     *       "name": "text",
                     *       "role": "user",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "joined_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "user",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["MemberPatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "email": "ada@example.com",
                     *       "name": "text",
                     *       "role": "user",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "joined_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_teams: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "Animation",
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Team_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_team: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Animation"
                 *     }
                 */
                "application/json": components["schemas"]["NewTeam"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Animation",
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Animation",
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_team: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Animation"
                 *     }
                 */
                "application/json": components["schemas"]["TeamPatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Animation",
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_team_members: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "email": "ada@example.com",
                     *           "name": "text",
                     *           "joined_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_TeamMember_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_team_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_team_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_roles: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text",
                     *           "permissions": [
                     *             "text"
                     *           ],
                     *           "built_in": true
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Role_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_role: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "reviewer",
                 *       "permissions": [
                 *         "member:read",
                 *         "team:read"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewRole"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "permissions": [
                     *         "text"
                     *       ],
                     *       "built_in": true
                     *     }
                     */
                    "application/json": components["schemas"]["Role"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                role_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "permissions": [
                     *         "text"
                     *       ],
                     *       "built_in": true
                     *     }
                     */
                    "application/json": components["schemas"]["Role"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                role_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                role_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "reviewer",
                 *       "permissions": [
                 *         "member:read",
                 *         "team:read"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RolePatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "permissions": [
                     *         "text"
                     *       ],
                     *       "built_in": true
                     *     }
                     */
                    "application/json": components["schemas"]["Role"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_invitations: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "email": "grace@example.com",
                     *           "role": "text",
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "invited_by": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "created_at": "text",
                     *           "expires_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Invitation_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "role": "user",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["NewInvitation"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "email": "grace@example.com",
                     *       "role": "text",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "invited_by": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "created_at": "text",
                     *       "expires_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "inv_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7uEeRiTyUvQwX"
                 *     }
                 */
                "application/json": components["schemas"]["InvitationToken"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "organisation": "text",
                     *       "email": "text",
                     *       "role": "text",
                     *       "expires_at": "text",
                     *       "has_account": true
                     *     }
                     */
                    "application/json": components["schemas"]["InvitationPreview"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accept_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "inv_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7uEeRiTyUvQwX"
                 *     }
                 */
                "application/json": components["schemas"]["InvitationToken"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "slug": "text",
                     *       "tier": "enterprise",
                     *       "role": "text",
                     *       "current": true
                     *     }
                     */
                    "application/json": components["schemas"]["OwnOrganisation"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register_invited: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "inv_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7uEeRiTyUvQwX",
                 *       "password": "correct horse battery staple",
                 *       "name": "Grace"
                 *     }
                 */
                "application/json": components["schemas"]["InvitedRegistration"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "text",
                     *       "refresh_token": "text",
                     *       "expires_in": 1,
                     *       "token_type": "Bearer"
                     *     }
                     */
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit_events: {
        parameters: {
            query?: {
                /** @description Mail address of who did it. */
                actor?: string;
                actor_id?: string;
                /** @description An act (`member.update`), or a domain with a dot at its end (`member.`). */
                act?: string;
                /** @description Kind of what it was done to. */
                subject_type?: string;
                /** @description Its id. */
                subject_id?: string;
                since?: string;
                until?: string;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "sequence": 17,
                     *           "at": "text",
                     *           "actor_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "actor": "ada@example.com",
                     *           "via": "session:0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "act": "member.update",
                     *           "subject_type": "member",
                     *           "subject_id": "text",
                     *           "address": "203.0.113.7",
                     *           "request_id": "text",
                     *           "before": {},
                     *           "after": {},
                     *           "previous_hash": "text",
                     *           "hash": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Event_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_audit_chain: {
        parameters: {
            query?: {
                /** @description A row that one remembers. */
                anchor_sequence?: number;
                /** @description Its hash. */
                anchor_hash?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "organisation_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "intact": true,
                     *       "rows": 1,
                     *       "head": "text",
                     *       "first_bad": 1,
                     *       "what": "edited",
                     *       "detail": ""
                     *     }
                     */
                    "application/json": components["schemas"]["ChainReport"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_audit_log: {
        parameters: {
            query?: {
                format?: "jsonl" | "csv";
                /** @description The one before the first. */
                after?: number;
                /** @description The last one. */
                until?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/x-ndjson": string;
                    /** @example text */
                    "text/csv": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description Only jobs in this state; may be sent several times. */
                state?: ("PENDING" | "QUEUED" | "ASSIGNED" | "PROCESSING" | "COMPLETED" | "FAILED" | "CANCELLED")[];
                /** @description Only jobs of this kind. */
                kind?: "txt2img" | "img2img" | "inpaint" | "outpaint" | "upscale" | "preprocess" | "workflow";
                /** @description Only jobs for this team. */
                team_id?: string;
                /** @description Only one's own. */
                mine?: boolean;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "kind": "txt2img",
                     *           "state": "ASSIGNED",
                     *           "paused": true,
                     *           "request": {
                     *             "kind": "txt2img",
                     *             "loras": [],
                     *             "controls": [],
                     *             "image_prompt": null,
                     *             "vae": null,
                     *             "tiling": "none",
                     *             "variation_seed": 0,
                     *             "variation_strength": 0,
                     *             "freeu": null,
                     *             "pag": 0,
                     *             "cfg_rescale": 0,
                     *             "thresholding": null,
                     *             "prompt": "a large red circle on a blue background",
                     *             "negative_prompt": "blurry, text",
                     *             "model": "pocket",
                     *             "steps": 20,
                     *             "cfg": 7,
                     *             "sampler": "dpmpp_2m",
                     *             "scheduler": "karras",
                     *             "seed": 0,
                     *             "batch": 1,
                     *             "clip_skip": 1,
                     *             "format": "png",
                     *             "preview_every": 0,
                     *             "width": 64,
                     *             "height": 64,
                     *             "hires": null
                     *           },
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "owner": "Ada",
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "attempt": 1,
                     *           "position": 1,
                     *           "eta_seconds": 1,
                     *           "node": "sampler",
                     *           "step": 1,
                     *           "steps": 1,
                     *           "not_before": "text",
                     *           "cancel_requested": true,
                     *           "error": {
                     *             "kind": "text",
                     *             "detail": "text",
                     *             "retryable": false,
                     *             "node": "text",
                     *             "class_type": "text"
                     *           },
                     *           "outputs": [
                     *             {
                     *               "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *               "place": 1,
                     *               "url": "text",
                     *               "node": "",
                     *               "folder": "output",
                     *               "subfolder": "",
                     *               "filename": ""
                     *             }
                     *           ],
                     *           "reserved_microcredits": 1,
                     *           "charged_microcredits": 1,
                     *           "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "node_errors": {},
                     *           "created_at": "text",
                     *           "queued_at": "text",
                     *           "started_at": "text",
                     *           "finished_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Job_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "request": {
                 *         "kind": "txt2img",
                 *         "loras": [],
                 *         "controls": [],
                 *         "image_prompt": null,
                 *         "vae": null,
                 *         "tiling": "none",
                 *         "variation_seed": 0,
                 *         "variation_strength": 0,
                 *         "freeu": null,
                 *         "pag": 0,
                 *         "cfg_rescale": 0,
                 *         "thresholding": null,
                 *         "prompt": "a large red circle on a blue background",
                 *         "negative_prompt": "blurry, text",
                 *         "model": "pocket",
                 *         "steps": 20,
                 *         "cfg": 7,
                 *         "sampler": "dpmpp_2m",
                 *         "scheduler": "karras",
                 *         "seed": 0,
                 *         "batch": 1,
                 *         "clip_skip": 1,
                 *         "format": "png",
                 *         "preview_every": 0,
                 *         "width": 64,
                 *         "height": 64,
                 *         "hires": null
                 *       },
                 *       "quote_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["NewJob"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generate_txt2img: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "loras": [],
                 *       "controls": [],
                 *       "image_prompt": null,
                 *       "vae": null,
                 *       "tiling": "none",
                 *       "variation_seed": 0,
                 *       "variation_strength": 0,
                 *       "freeu": null,
                 *       "pag": 0,
                 *       "cfg_rescale": 0,
                 *       "thresholding": null,
                 *       "prompt": "a large red circle on a blue background",
                 *       "negative_prompt": "blurry, text",
                 *       "model": "pocket",
                 *       "steps": 20,
                 *       "cfg": 7,
                 *       "sampler": "dpmpp_2m",
                 *       "scheduler": "karras",
                 *       "seed": 0,
                 *       "batch": 1,
                 *       "clip_skip": 1,
                 *       "format": "png",
                 *       "preview_every": 0,
                 *       "width": 64,
                 *       "height": 64,
                 *       "hires": null
                 *     }
                 */
                "application/json": components["schemas"]["OfWords"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generate_img2img: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "loras": [],
                 *       "controls": [],
                 *       "image_prompt": null,
                 *       "vae": null,
                 *       "tiling": "none",
                 *       "variation_seed": 0,
                 *       "variation_strength": 0,
                 *       "freeu": null,
                 *       "pag": 0,
                 *       "cfg_rescale": 0,
                 *       "thresholding": null,
                 *       "prompt": "a large red circle on a blue background",
                 *       "negative_prompt": "blurry, text",
                 *       "model": "pocket",
                 *       "steps": 20,
                 *       "cfg": 7,
                 *       "sampler": "dpmpp_2m",
                 *       "scheduler": "karras",
                 *       "seed": 0,
                 *       "batch": 1,
                 *       "clip_skip": 1,
                 *       "format": "png",
                 *       "preview_every": 0,
                 *       "image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "strength": 0.75,
                 *       "width": 64,
                 *       "height": 64
                 *     }
                 */
                "application/json": components["schemas"]["OfPicture"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generate_inpaint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "loras": [],
                 *       "controls": [],
                 *       "image_prompt": null,
                 *       "vae": null,
                 *       "tiling": "none",
                 *       "variation_seed": 0,
                 *       "variation_strength": 0,
                 *       "freeu": null,
                 *       "pag": 0,
                 *       "cfg_rescale": 0,
                 *       "thresholding": null,
                 *       "prompt": "a large red circle on a blue background",
                 *       "negative_prompt": "blurry, text",
                 *       "model": "pocket",
                 *       "steps": 20,
                 *       "cfg": 7,
                 *       "sampler": "dpmpp_2m",
                 *       "scheduler": "karras",
                 *       "seed": 0,
                 *       "batch": 1,
                 *       "clip_skip": 1,
                 *       "format": "png",
                 *       "preview_every": 0,
                 *       "image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "mask": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "invert": false,
                 *       "strength": 1,
                 *       "fill": "blur",
                 *       "grow": 0,
                 *       "feather": 16,
                 *       "only_masked": false,
                 *       "padding": 32,
                 *       "width": 64,
                 *       "height": 64
                 *     }
                 */
                "application/json": components["schemas"]["OfMask"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generate_outpaint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "loras": [],
                 *       "controls": [],
                 *       "image_prompt": null,
                 *       "vae": null,
                 *       "tiling": "none",
                 *       "variation_seed": 0,
                 *       "variation_strength": 0,
                 *       "freeu": null,
                 *       "pag": 0,
                 *       "cfg_rescale": 0,
                 *       "thresholding": null,
                 *       "prompt": "a large red circle on a blue background",
                 *       "negative_prompt": "blurry, text",
                 *       "model": "pocket",
                 *       "steps": 20,
                 *       "cfg": 7,
                 *       "sampler": "dpmpp_2m",
                 *       "scheduler": "karras",
                 *       "seed": 0,
                 *       "batch": 1,
                 *       "clip_skip": 1,
                 *       "format": "png",
                 *       "preview_every": 0,
                 *       "image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "left": 0,
                 *       "top": 0,
                 *       "right": 64,
                 *       "bottom": 0,
                 *       "feather": 32,
                 *       "strength": 1,
                 *       "fill": "blur"
                 *     }
                 */
                "application/json": components["schemas"]["OfRoom"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generate_upscale: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "upscaler": "realesr-animevideov3-x2",
                 *       "scale": 8,
                 *       "width": 1,
                 *       "height": 1
                 *     }
                 */
                "application/json": components["schemas"]["OfSize"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generate_preprocess: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "image": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "preprocessor": "canny",
                 *       "resolution": 512
                 *     }
                 */
                "application/json": components["schemas"]["OfHint"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "attempt": 1,
                     *       "cancel_requested": true,
                     *       "position": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "eta_seconds": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_job_outputs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Outputs"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_job_history: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "type": "state",
                     *           "id": 1,
                     *           "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "sequence": 1,
                     *           "state": "ASSIGNED",
                     *           "attempt": 0,
                     *           "paused": false,
                     *           "at": "text",
                     *           "error": {
                     *             "kind": "text",
                     *             "detail": "text",
                     *             "retryable": false,
                     *             "node": "text",
                     *             "class_type": "text"
                     *           },
                     *           "outputs": [],
                     *           "charged_microcredits": 1,
                     *           "node_errors": [],
                     *           "texts": {},
                     *           "nodes_run": 1,
                     *           "nodes_cached": 1
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    move_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "to": "first",
                 *       "before_job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["Move"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pause_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "url": "text",
                     *           "description": "text",
                     *           "events": [
                     *             "text"
                     *           ],
                     *           "enabled": true,
                     *           "disabled_why": "text",
                     *           "failing_since": "text",
                     *           "old_secret_until": "text",
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Webhook_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://example.com/hooks/studio",
                 *       "description": "our render farm",
                 *       "events": [
                 *         "job.completed"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewWebhook"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "url": "text",
                     *       "description": "text",
                     *       "events": [
                     *         "text"
                     *       ],
                     *       "enabled": true,
                     *       "disabled_why": "text",
                     *       "failing_since": "text",
                     *       "old_secret_until": "text",
                     *       "created_at": "text",
                     *       "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "url": "text",
                     *       "description": "text",
                     *       "events": [
                     *         "text"
                     *       ],
                     *       "enabled": true,
                     *       "disabled_why": "text",
                     *       "failing_since": "text",
                     *       "old_secret_until": "text",
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://example.com/hooks/studio",
                 *       "description": "our render farm",
                 *       "events": [
                 *         "job.completed"
                 *       ],
                 *       "enabled": true
                 *     }
                 */
                "application/json": components["schemas"]["WebhookPatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "url": "text",
                     *       "description": "text",
                     *       "events": [
                     *         "text"
                     *       ],
                     *       "enabled": true,
                     *       "disabled_why": "text",
                     *       "failing_since": "text",
                     *       "old_secret_until": "text",
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "url": "text",
                     *       "description": "text",
                     *       "events": [
                     *         "text"
                     *       ],
                     *       "enabled": true,
                     *       "disabled_why": "text",
                     *       "failing_since": "text",
                     *       "old_secret_until": "text",
                     *       "created_at": "text",
                     *       "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send_webhook_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "message_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "event_type": "job.completed",
                     *       "state": "delivered",
                     *       "payload": "{\"type\":\"webhook.test\",\"timestamp\":\"2026-01-31T12:00:00Z\",\"data\":{}}",
                     *       "attempts": [
                     *         {
                     *           "at": "text",
                     *           "status": 1,
                     *           "milliseconds": 1,
                     *           "error": "text",
                     *           "answer": "text"
                     *         }
                     *       ],
                     *       "next_at": "text",
                     *       "created_at": "text",
                     *       "delivered_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                /** @description Only deliveries in this state. */
                state?: "waiting" | "delivered" | "failed";
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "message_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "event_type": "job.completed",
                     *           "state": "delivered",
                     *           "payload": "{\"type\":\"webhook.test\",\"timestamp\":\"2026-01-31T12:00:00Z\",\"data\":{}}",
                     *           "attempts": [
                     *             {
                     *               "at": "text",
                     *               "status": 1,
                     *               "milliseconds": 1,
                     *               "error": "text",
                     *               "answer": "text"
                     *             }
                     *           ],
                     *           "next_at": "text",
                     *           "created_at": "text",
                     *           "delivered_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Delivery_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_webhook_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "message_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "event_type": "job.completed",
                     *       "state": "delivered",
                     *       "payload": "{\"type\":\"webhook.test\",\"timestamp\":\"2026-01-31T12:00:00Z\",\"data\":{}}",
                     *       "attempts": [
                     *         {
                     *           "at": "text",
                     *           "status": 1,
                     *           "milliseconds": 1,
                     *           "error": "text",
                     *           "answer": "text"
                     *         }
                     *       ],
                     *       "next_at": "text",
                     *       "created_at": "text",
                     *       "delivered_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_webhook_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "message_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "event_type": "job.completed",
                     *       "state": "delivered",
                     *       "payload": "{\"type\":\"webhook.test\",\"timestamp\":\"2026-01-31T12:00:00Z\",\"data\":{}}",
                     *       "attempts": [
                     *         {
                     *           "at": "text",
                     *           "status": 1,
                     *           "milliseconds": 1,
                     *           "error": "text",
                     *           "answer": "text"
                     *         }
                     *       ],
                     *       "next_at": "text",
                     *       "created_at": "text",
                     *       "delivered_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_credits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "available_microcredits": 1,
                     *       "held_microcredits": 1,
                     *       "expiring_microcredits": 1,
                     *       "spent_this_month_microcredits": 1,
                     *       "tier": "enterprise",
                     *       "monthly_grant_microcredits": 1,
                     *       "renews_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Credits"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_credit_history: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "kind": "adjust",
                     *           "entries": [
                     *             {
                     *               "account": "adjusted",
                     *               "amount_microcredits": 1
                     *             }
                     *           ],
                     *           "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "memo": "text",
                     *           "at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_LedgerPosting_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_prices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "item": "controlnet",
                     *           "unit": "25 frames",
                     *           "amount_microcredits": 1,
                     *           "times": 1,
                     *           "meaning": "text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PriceList"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_quote: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "txt2img",
                 *       "loras": [],
                 *       "controls": [],
                 *       "image_prompt": null,
                 *       "vae": null,
                 *       "tiling": "none",
                 *       "variation_seed": 0,
                 *       "variation_strength": 0,
                 *       "freeu": null,
                 *       "pag": 0,
                 *       "cfg_rescale": 0,
                 *       "thresholding": null,
                 *       "prompt": "a large red circle on a blue background",
                 *       "negative_prompt": "blurry, text",
                 *       "model": "pocket",
                 *       "steps": 20,
                 *       "cfg": 7,
                 *       "sampler": "dpmpp_2m",
                 *       "scheduler": "karras",
                 *       "seed": 0,
                 *       "batch": 1,
                 *       "clip_skip": 1,
                 *       "format": "png",
                 *       "preview_every": 0,
                 *       "width": 64,
                 *       "height": 64,
                 *       "hires": null
                 *     }
                 */
                "application/json": components["schemas"]["Txt2Img"] | components["schemas"]["Img2Img"] | components["schemas"]["Inpaint"] | components["schemas"]["Outpaint"] | components["schemas"]["Upscale"] | components["schemas"]["Preprocess"] | components["schemas"]["control.workflows.graph.Workflow"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "amount_microcredits": 1,
                     *       "lines": [
                     *         {
                     *           "item": "controlnet",
                     *           "text": "text",
                     *           "each_microcredits": 1,
                     *           "count": 1,
                     *           "amount_microcredits": 1
                     *         }
                     *       ],
                     *       "expires_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Quote"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_usage: {
        parameters: {
            query?: {
                /** @description What the spending is divided by. */
                by?: "day" | "member" | "team" | "model" | "kind";
                since?: string;
                until?: string;
                /** @description Divide each item by days too. */
                daily?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "since": "text",
                     *       "until": "text",
                     *       "by": "day",
                     *       "items": [
                     *         {
                     *           "subject": "text",
                     *           "name": "text",
                     *           "jobs": 1,
                     *           "spent_microcredits": 1,
                     *           "days": {}
                     *         }
                     *       ],
                     *       "spent_microcredits": 1
                     *     }
                     */
                    "application/json": components["schemas"]["control.billing.schemas.Usage"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_spending_limits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "scope": "member",
                     *           "subject_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text",
                     *           "amount_microcredits": 1,
                     *           "spent_microcredits": 1,
                     *           "alerts": [
                     *             1
                     *           ],
                     *           "created_at": "text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SpendingLimits"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_organisation_spending_limit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount_microcredits": 50000000,
                 *       "alerts": [
                 *         80,
                 *         100
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewSpendingLimit"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "scope": "member",
                     *       "subject_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "amount_microcredits": 1,
                     *       "spent_microcredits": 1,
                     *       "alerts": [
                     *         1
                     *       ],
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["SpendingLimit"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_organisation_spending_limit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_team_spending_limit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount_microcredits": 50000000,
                 *       "alerts": [
                 *         80,
                 *         100
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewSpendingLimit"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "scope": "member",
                     *       "subject_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "amount_microcredits": 1,
                     *       "spent_microcredits": 1,
                     *       "alerts": [
                     *         1
                     *       ],
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["SpendingLimit"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_team_spending_limit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_member_spending_limit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount_microcredits": 50000000,
                 *       "alerts": [
                 *         80,
                 *         100
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewSpendingLimit"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "scope": "member",
                     *       "subject_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "amount_microcredits": 1,
                     *       "spent_microcredits": 1,
                     *       "alerts": [
                     *         1
                     *       ],
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["SpendingLimit"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_member_spending_limit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_assets: {
        parameters: {
            query?: {
                /** @description Words of prompt and name, as in a search: all of them; "a phrase", `or`, `-without`. The most relevant come first. */
                text?: string;
                /** @description The checkpoint. */
                model?: string;
                kind?: "output" | "upload";
                job_id?: string;
                board_id?: string;
                team_id?: string;
                /** @description Assets that have this tag; several, with commas between: all of these. */
                tag?: string;
                rating_min?: number;
                created_after?: string;
                created_before?: string;
                /** @description Only one's own. */
                mine?: boolean;
                /** @description What is in the bin, instead of the rest. */
                deleted?: boolean;
                sort?: "newest" | "oldest" | "relevance";
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "kind": "output",
                     *           "name": "text",
                     *           "media_type": "image/png",
                     *           "size": 1,
                     *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "width": 1,
                     *           "height": 1,
                     *           "prompt": "text",
                     *           "model": "text",
                     *           "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "rating": 0,
                     *           "tags": [
                     *             "text"
                     *           ],
                     *           "temporary": true,
                     *           "storage": "archived",
                     *           "created_at": "text",
                     *           "deleted_at": "text",
                     *           "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *           "thumbnail_url": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Asset_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_asset_usage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "bytes": 1,
                     *       "archived_bytes": 1,
                     *       "assets": 1,
                     *       "deleted": 1,
                     *       "quota_bytes": 1
                     *     }
                     */
                    "application/json": components["schemas"]["control.assets.asset_schemas.Usage"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_asset_facets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tags": [
                     *         {
                     *           "name": "text",
                     *           "count": 1
                     *         }
                     *       ],
                     *       "models": [
                     *         {
                     *           "name": "text",
                     *           "count": 1
                     *         }
                     *       ],
                     *       "first_at": "text",
                     *       "last_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Facets"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undelete_assets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "asset_ids": [
                 *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SelectedAssets"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "changed": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_assets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "asset_ids": [
                 *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *       ],
                 *       "forever": false
                 *     }
                 */
                "application/json": components["schemas"]["UnwantedAssets"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "changed": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tag_assets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "asset_ids": [
                 *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *       ],
                 *       "add": [
                 *         "landscape",
                 *         "blue"
                 *       ],
                 *       "remove": [
                 *         "draft"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["TagChange"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "changed": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "output",
                     *       "name": "text",
                     *       "media_type": "image/png",
                     *       "size": 1,
                     *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "width": 1,
                     *       "height": 1,
                     *       "prompt": "text",
                     *       "model": "text",
                     *       "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "place": 1,
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "rating": 0,
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "temporary": true,
                     *       "storage": "archived",
                     *       "created_at": "text",
                     *       "deleted_at": "text",
                     *       "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *       "thumbnail_url": "text",
                     *       "metadata": {},
                     *       "renditions": [
                     *         {
                     *           "form": "256.webp",
                     *           "made": true,
                     *           "size": 1,
                     *           "width": 1,
                     *           "height": 1,
                     *           "url": "text"
                     *         }
                     *       ],
                     *       "parents": [
                     *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                     *       ],
                     *       "board_ids": [
                     *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AssetDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_asset: {
        parameters: {
            query?: {
                /** @description At once, in the bin or not, and for good? */
                forever?: boolean;
            };
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Circle, third try",
                 *       "tags": [
                 *         "landscape",
                 *         "blue"
                 *       ],
                 *       "rating": 0,
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["AssetPatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "output",
                     *       "name": "text",
                     *       "media_type": "image/png",
                     *       "size": 1,
                     *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "width": 1,
                     *       "height": 1,
                     *       "prompt": "text",
                     *       "model": "text",
                     *       "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "place": 1,
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "rating": 0,
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "temporary": true,
                     *       "storage": "archived",
                     *       "created_at": "text",
                     *       "deleted_at": "text",
                     *       "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *       "thumbnail_url": "text",
                     *       "metadata": {},
                     *       "renditions": [
                     *         {
                     *           "form": "256.webp",
                     *           "made": true,
                     *           "size": 1,
                     *           "width": 1,
                     *           "height": 1,
                     *           "url": "text"
                     *         }
                     *       ],
                     *       "parents": [
                     *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                     *       ],
                     *       "board_ids": [
                     *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AssetDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undelete_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "output",
                     *       "name": "text",
                     *       "media_type": "image/png",
                     *       "size": 1,
                     *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "width": 1,
                     *       "height": 1,
                     *       "prompt": "text",
                     *       "model": "text",
                     *       "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "place": 1,
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "rating": 0,
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "temporary": true,
                     *       "storage": "archived",
                     *       "created_at": "text",
                     *       "deleted_at": "text",
                     *       "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *       "thumbnail_url": "text",
                     *       "metadata": {},
                     *       "renditions": [
                     *         {
                     *           "form": "256.webp",
                     *           "made": true,
                     *           "size": 1,
                     *           "width": 1,
                     *           "height": 1,
                     *           "url": "text"
                     *         }
                     *       ],
                     *       "parents": [
                     *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                     *       ],
                     *       "board_ids": [
                     *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AssetDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_asset_lineage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ancestors": [
                     *         {
                     *           "asset": {
                     *             "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "kind": "output",
                     *             "name": "text",
                     *             "media_type": "image/png",
                     *             "size": 1,
                     *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *             "width": 1,
                     *             "height": 1,
                     *             "prompt": "text",
                     *             "model": "text",
                     *             "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "place": 1,
                     *             "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "rating": 0,
                     *             "tags": [
                     *               "text"
                     *             ],
                     *             "temporary": true,
                     *             "storage": "archived",
                     *             "created_at": "text",
                     *             "deleted_at": "text",
                     *             "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *             "thumbnail_url": "text"
                     *           },
                     *           "relation": "img2img",
                     *           "nearer_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "distance": 1
                     *         }
                     *       ],
                     *       "descendants": [
                     *         {
                     *           "asset": {
                     *             "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "kind": "output",
                     *             "name": "text",
                     *             "media_type": "image/png",
                     *             "size": 1,
                     *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *             "width": 1,
                     *             "height": 1,
                     *             "prompt": "text",
                     *             "model": "text",
                     *             "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "place": 1,
                     *             "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *             "rating": 0,
                     *             "tags": [
                     *               "text"
                     *             ],
                     *             "temporary": true,
                     *             "storage": "archived",
                     *             "created_at": "text",
                     *             "deleted_at": "text",
                     *             "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *             "thumbnail_url": "text"
                     *           },
                     *           "relation": "img2img",
                     *           "nearer_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "distance": 1
                     *         }
                     *       ],
                     *       "complete": true
                     *     }
                     */
                    "application/json": components["schemas"]["Family"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restore_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "output",
                     *       "name": "text",
                     *       "media_type": "image/png",
                     *       "size": 1,
                     *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "width": 1,
                     *       "height": 1,
                     *       "prompt": "text",
                     *       "model": "text",
                     *       "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "place": 1,
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "rating": 0,
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "temporary": true,
                     *       "storage": "archived",
                     *       "created_at": "text",
                     *       "deleted_at": "text",
                     *       "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *       "thumbnail_url": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_asset_content: {
        parameters: {
            query?: {
                /** @description A smaller form of a picture, made if it is not there yet. */
                form?: "256.webp" | "256.avif" | "1024.webp" | "1024.avif";
                /** @description Shall a browser save it, instead of showing it? */
                download?: boolean;
            };
            header?: {
                /** @description A part of it, as `bytes=0-99`. */
                Range?: string;
                /** @description The ETag of what the client has: else all of it. */
                "If-Range"?: string;
                /** @description ETags that it must have: else 412. */
                "If-Match"?: string;
                /** @description ETags of what the client has: then 304. */
                "If-None-Match"?: string;
            };
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/octet-stream": string;
                    /** @example text */
                    "image/webp": string;
                    /** @example text */
                    "image/avif": string;
                    /** @example text */
                    "image/png": string;
                    /** @example text */
                    "image/jpeg": string;
                };
            };
            /** @description The part that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/octet-stream": string;
                    /** @example text */
                    "image/webp": string;
                    /** @example text */
                    "image/avif": string;
                    /** @example text */
                    "image/png": string;
                    /** @example text */
                    "image/jpeg": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_boards: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "Moodboard",
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Board_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_board: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Moodboard",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["NewBoard"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Moodboard",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Board"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_board: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Moodboard",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Board"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_board: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_board: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Moodboard",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["BoardPatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Moodboard",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Board"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_board_assets: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "kind": "output",
                     *           "name": "text",
                     *           "media_type": "image/png",
                     *           "size": 1,
                     *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "width": 1,
                     *           "height": 1,
                     *           "prompt": "text",
                     *           "model": "text",
                     *           "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "rating": 0,
                     *           "tags": [
                     *             "text"
                     *           ],
                     *           "temporary": true,
                     *           "storage": "archived",
                     *           "created_at": "text",
                     *           "deleted_at": "text",
                     *           "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *           "thumbnail_url": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Asset_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_board_assets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "asset_ids": [
                 *         "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SelectedAssets"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "changed": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_board_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_board_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                board_id: string;
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload_file: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "file": "text",
                 *       "name": "sketch.png",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "temporary": "true",
                 *       "tags": "landscape"
                 *     }
                 */
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description A PNG, JPEG, WebP, AVIF or GIF picture. What it is is told by its bytes.
                     */
                    file: string;
                    /**
                     * @description Instead of the file's own name.
                     * @example sketch.png
                     */
                    name?: string;
                    /**
                     * Format: uuid
                     * @description A team of the caller's, whose members see it then.
                     */
                    team_id?: string;
                    /**
                     * @description Is it removed after 24 hours?
                     * @enum {string}
                     */
                    temporary?: "true" | "false";
                    /**
                     * @description A tag; send the field once for each.
                     * @example landscape
                     */
                    tags?: string;
                };
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "output",
                     *       "name": "text",
                     *       "media_type": "image/png",
                     *       "size": 1,
                     *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "width": 1,
                     *       "height": 1,
                     *       "prompt": "text",
                     *       "model": "text",
                     *       "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "place": 1,
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "rating": 0,
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "temporary": true,
                     *       "storage": "archived",
                     *       "created_at": "text",
                     *       "deleted_at": "text",
                     *       "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *       "thumbnail_url": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    begin_upload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "sketch.png",
                 *       "size": 20000000,
                 *       "media_type": "image/png",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                 *       "temporary": false,
                 *       "tags": [
                 *         "landscape",
                 *         "blue"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewMultipart"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "size": 1,
                     *       "part_size": 1,
                     *       "parts": [
                     *         {
                     *           "number": 1,
                     *           "size": 1,
                     *           "arrived": true,
                     *           "url": "text"
                     *         }
                     *       ],
                     *       "urls_expire_at": "text",
                     *       "expires_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Multipart"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "size": 1,
                     *       "part_size": 1,
                     *       "parts": [
                     *         {
                     *           "number": 1,
                     *           "size": 1,
                     *           "arrived": true,
                     *           "url": "text"
                     *         }
                     *       ],
                     *       "urls_expire_at": "text",
                     *       "expires_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Multipart"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    complete_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "output",
                     *       "name": "text",
                     *       "media_type": "image/png",
                     *       "size": 1,
                     *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "width": 1,
                     *       "height": 1,
                     *       "prompt": "text",
                     *       "model": "text",
                     *       "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "place": 1,
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "rating": 0,
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "temporary": true,
                     *       "storage": "archived",
                     *       "created_at": "text",
                     *       "deleted_at": "text",
                     *       "url": "/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content",
                     *       "thumbnail_url": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Asset"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    link_to_asset: {
        parameters: {
            query?: {
                /** @description How long the address is good for. */
                seconds?: number;
            };
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "url": "text",
                     *       "expires_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["control.assets.schemas.Link"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_asset_archive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "asset_ids": [],
                 *       "filter": null
                 *     }
                 */
                "application/json": components["schemas"]["NewArchive"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "url": "/api/v1/assets/archives/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "files": 1,
                     *       "left_out": 1,
                     *       "bytes_estimated": 1,
                     *       "expires_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Archive"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_asset_archive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                archive_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/zip": unknown;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_asset_links: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text",
                     *           "created_at": "text",
                     *           "expires_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_AssetLink_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_asset_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "For grandmother",
                 *       "days": 1
                 *     }
                 */
                "application/json": components["schemas"]["NewAssetLink"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "created_at": "text",
                     *       "expires_at": "text",
                     *       "token": "text",
                     *       "url": "http://127.0.0.1:8080/shared/pic_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7u"
                     *     }
                     */
                    "application/json": components["schemas"]["MadeAssetLink"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_asset_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                asset_id: string;
                asset_link_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_shared_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the link ends with. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "text",
                     *       "media_type": "text",
                     *       "width": 1,
                     *       "height": 1,
                     *       "size": 1,
                     *       "url": "/api/v1/shared/pic_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7u/content",
                     *       "expires_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["SharedAsset"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_shared_content: {
        parameters: {
            query?: {
                /** @description A smaller form of the picture. */
                form?: "256.webp" | "256.avif" | "1024.webp" | "1024.avif";
                /** @description Shall a browser save it, instead of showing it? */
                download?: boolean;
            };
            header?: {
                /** @description A part of it, as `bytes=0-99`. */
                Range?: string;
                /** @description ETags of what the client has: then 304. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description What the link ends with. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/octet-stream": string;
                    /** @example text */
                    "image/webp": string;
                    /** @example text */
                    "image/avif": string;
                    /** @example text */
                    "image/png": string;
                    /** @example text */
                    "image/jpeg": string;
                };
            };
            /** @description The part that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/octet-stream": string;
                    /** @example text */
                    "image/webp": string;
                    /** @example text */
                    "image/avif": string;
                    /** @example text */
                    "image/png": string;
                    /** @example text */
                    "image/jpeg": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_workflows: {
        parameters: {
            query?: {
                /** @description Words of name and description, as in a search: all of them; "a phrase", `or`, `-without`. */
                text?: string;
                /** @description Workflows that have this tag; several, with commas between: all of these. */
                tag?: string;
                /** @description Only those that this team sees. */
                team_id?: string;
                /** @description Only one's own. */
                mine?: boolean;
                /** @description Only those that one has marked. */
                starred?: boolean;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text",
                     *           "description": "text",
                     *           "tags": [
                     *             "text"
                     *           ],
                     *           "visibility": "link",
                     *           "author": "text",
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "mine": true,
                     *           "version": 1,
                     *           "stars": 1,
                     *           "starred": true,
                     *           "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "thumbnail_url": "text",
                     *           "created_at": "text",
                     *           "updated_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Workflow_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_workflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Portrait, two passes",
                 *       "description": "Paints, enlarges, paints again.",
                 *       "tags": [
                 *         "portrait",
                 *         "hires"
                 *       ],
                 *       "graph": {
                 *         "1": {
                 *           "class_type": "CheckpointLoaderSimple",
                 *           "inputs": {
                 *             "ckpt_name": "pocket"
                 *           }
                 *         }
                 *       },
                 *       "document": {
                 *         "nodes": [],
                 *         "links": [],
                 *         "groups": [],
                 *         "version": 0.4
                 *       },
                 *       "message": "More steps"
                 *     }
                 */
                "application/json": components["schemas"]["NewWorkflow"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_community_workflows: {
        parameters: {
            query?: {
                /** @description Words of name and description, as in a search: all of them; "a phrase", `or`, `-without`. */
                text?: string;
                /** @description Workflows that have this tag; several, with commas between: all of these. */
                tag?: string;
                /** @description Only one's own. */
                mine?: boolean;
                /** @description Only those that one has marked. */
                starred?: boolean;
                sort?: "newest" | "stars";
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text",
                     *           "description": "text",
                     *           "tags": [
                     *             "text"
                     *           ],
                     *           "visibility": "link",
                     *           "author": "text",
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "mine": true,
                     *           "version": 1,
                     *           "stars": 1,
                     *           "starred": true,
                     *           "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "thumbnail_url": "text",
                     *           "created_at": "text",
                     *           "updated_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Workflow_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "file": "text",
                 *       "name": "Portrait"
                 *     }
                 */
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description A JSON file, or a picture that carries its workflow.
                     */
                    file: string;
                    /**
                     * @description Instead of the file's own name.
                     * @example Portrait
                     */
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_workflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Portrait, two passes",
                 *       "description": "Paints, enlarges, paints again.",
                 *       "tags": [
                 *         "portrait",
                 *         "hires"
                 *       ],
                 *       "thumbnail_asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["WorkflowPatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    duplicate_workflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Portrait, two passes"
                 *     }
                 */
                "application/json": components["schemas"]["Copy"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fork_workflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Portrait, two passes"
                 *     }
                 */
                "application/json": components["schemas"]["Copy"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_workflow_versions: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "number": 1,
                     *           "message": "text",
                     *           "author": "text",
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Version_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    save_workflow_version: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "base_version": 1,
                 *       "graph": {
                 *         "1": {
                 *           "class_type": "CheckpointLoaderSimple",
                 *           "inputs": {
                 *             "ckpt_name": "pocket"
                 *           }
                 *         }
                 *       },
                 *       "document": {
                 *         "nodes": [],
                 *         "links": [],
                 *         "groups": [],
                 *         "version": 0.4
                 *       },
                 *       "message": "More steps"
                 *     }
                 */
                "application/json": components["schemas"]["NewVersion"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_workflow_version: {
        parameters: {
            query?: never;
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "number": 1,
                     *       "message": "text",
                     *       "author": "text",
                     *       "created_at": "text",
                     *       "graph": {
                     *         "1": {
                     *           "class_type": "CheckpointLoaderSimple",
                     *           "inputs": {
                     *             "ckpt_name": "pocket"
                     *           }
                     *         }
                     *       },
                     *       "document": {}
                     *     }
                     */
                    "application/json": components["schemas"]["VersionDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restore_workflow_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff_workflow_versions: {
        parameters: {
            query?: {
                /** @description The newest version, where it is not given. */
                from_version?: number;
                /** @description The newest version, where it is not given. */
                to_version?: number;
            };
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from_version": 1,
                     *       "to_version": 1,
                     *       "added": [
                     *         {
                     *           "node": "text",
                     *           "class_type": "text"
                     *         }
                     *       ],
                     *       "removed": [
                     *         {
                     *           "node": "text",
                     *           "class_type": "text"
                     *         }
                     *       ],
                     *       "changed": [
                     *         {
                     *           "node": "text",
                     *           "class_before": "text",
                     *           "class_after": "text",
                     *           "inputs": [
                     *             {
                     *               "name": "text",
                     *               "before": {},
                     *               "after": {}
                     *             }
                     *           ],
                     *           "links": [
                     *             {
                     *               "name": "text",
                     *               "before": {},
                     *               "after": {}
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "layout_changed": true
                     *     }
                     */
                    "application/json": components["schemas"]["Diff"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_workflow: {
        parameters: {
            query?: {
                /** @description native: all of it, to be imported again; api: as ComfyUI's API takes it; editor: as its editor opens it; editor-1.0: the same, drawn in the editor's newer format. */
                form?: "native" | "api" | "editor" | "editor-1.0";
                /** @description The newest version, where it is not given. */
                version?: number;
            };
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    share_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "visibility": "private",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["Share"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_workflow_links: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "text",
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Link_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_workflow_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "For the printer"
                 *     }
                 */
                "application/json": components["schemas"]["NewLink"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "created_at": "text",
                     *       "token": "text",
                     *       "url": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["MadeLink"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_workflow_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
                link_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    star_workflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unstar_workflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_workflow_thumbnail: {
        parameters: {
            query?: never;
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "image/webp": unknown;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    validate_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "graph": {
                 *         "1": {
                 *           "class_type": "CheckpointLoaderSimple",
                 *           "inputs": {
                 *             "ckpt_name": "pocket"
                 *           }
                 *         }
                 *       },
                 *       "document": {
                 *         "nodes": [],
                 *         "links": [],
                 *         "groups": [],
                 *         "version": 0.4
                 *       },
                 *       "outputs": [
                 *         "text"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ToValidate"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": true,
                     *       "errors": [
                     *         {
                     *           "type": "value_bigger_than_max",
                     *           "message": "text",
                     *           "details": "",
                     *           "node": "text",
                     *           "class_type": "",
                     *           "input": "text",
                     *           "dependent_outputs": []
                     *         }
                     *       ],
                     *       "plan": {
                     *         "nodes": 1,
                     *         "steps": 1,
                     *         "calls": [
                     *           "text"
                     *         ],
                     *         "outputs": [
                     *           "text"
                     *         ],
                     *         "dropped": [
                     *           "text"
                     *         ],
                     *         "folded": [
                     *           "text"
                     *         ],
                     *         "checkpoints": [
                     *           "text"
                     *         ],
                     *         "amount_microcredits": 1,
                     *         "seconds": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Validation"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_workflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1,
                 *       "inputs": {
                 *         "3": {
                 *           "seed": 7
                 *         }
                 *       },
                 *       "outputs": [
                 *         "text"
                 *       ],
                 *       "preview_every": 0,
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["RunWorkflow"];
            };
        };
        responses: {
            /** @description Request accepted, processing continues off-line */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "kind": "txt2img",
                     *       "state": "ASSIGNED",
                     *       "paused": true,
                     *       "request": {
                     *         "kind": "txt2img",
                     *         "loras": [],
                     *         "controls": [],
                     *         "image_prompt": null,
                     *         "vae": null,
                     *         "tiling": "none",
                     *         "variation_seed": 0,
                     *         "variation_strength": 0,
                     *         "freeu": null,
                     *         "pag": 0,
                     *         "cfg_rescale": 0,
                     *         "thresholding": null,
                     *         "prompt": "a large red circle on a blue background",
                     *         "negative_prompt": "blurry, text",
                     *         "model": "pocket",
                     *         "steps": 20,
                     *         "cfg": 7,
                     *         "sampler": "dpmpp_2m",
                     *         "scheduler": "karras",
                     *         "seed": 0,
                     *         "batch": 1,
                     *         "clip_skip": 1,
                     *         "format": "png",
                     *         "preview_every": 0,
                     *         "width": 64,
                     *         "height": 64,
                     *         "hires": null
                     *       },
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "Ada",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "attempt": 1,
                     *       "position": 1,
                     *       "eta_seconds": 1,
                     *       "node": "sampler",
                     *       "step": 1,
                     *       "steps": 1,
                     *       "not_before": "text",
                     *       "cancel_requested": true,
                     *       "error": {
                     *         "kind": "text",
                     *         "detail": "text",
                     *         "retryable": false,
                     *         "node": "text",
                     *         "class_type": "text"
                     *       },
                     *       "outputs": [
                     *         {
                     *           "asset_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "place": 1,
                     *           "url": "text",
                     *           "node": "",
                     *           "folder": "output",
                     *           "subfolder": "",
                     *           "filename": ""
                     *         }
                     *       ],
                     *       "reserved_microcredits": 1,
                     *       "charged_microcredits": 1,
                     *       "retried_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "node_errors": {},
                     *       "created_at": "text",
                     *       "queued_at": "text",
                     *       "started_at": "text",
                     *       "finished_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_workflow_inputs: {
        parameters: {
            query?: {
                /** @description The newest version, where it is not given. */
                version?: number;
            };
            header?: {
                /** @description The token of a link, for a workflow that is shared by link. */
                "Workflow-Link"?: string;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "version": 1,
                     *       "items": [
                     *         {
                     *           "node": "3",
                     *           "name": "seed",
                     *           "label": "Seed",
                     *           "group": "KSampler",
                     *           "class_type": "text",
                     *           "type": "BOOLEAN",
                     *           "widget": "choice",
                     *           "value": {},
                     *           "default": {},
                     *           "minimum": 1,
                     *           "maximum": 1,
                     *           "step": 1,
                     *           "multiline": true,
                     *           "choices": [
                     *             "text"
                     *           ],
                     *           "main": true,
                     *           "help": "text"
                     *         }
                     *       ],
                     *       "unknown_nodes": [
                     *         "text"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowForm"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_workflow_from_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Portrait, two passes"
                 *     }
                 */
                "application/json": components["schemas"]["FromJob"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "visibility": "link",
                     *       "author": "text",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "mine": true,
                     *       "version": 1,
                     *       "stars": 1,
                     *       "starred": true,
                     *       "forked_from": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "thumbnail_url": "text",
                     *       "created_at": "text",
                     *       "updated_at": "text",
                     *       "current": {
                     *         "number": 1,
                     *         "message": "text",
                     *         "author": "text",
                     *         "created_at": "text",
                     *         "graph": {
                     *           "1": {
                     *             "class_type": "CheckpointLoaderSimple",
                     *             "inputs": {
                     *               "ckpt_name": "pocket"
                     *             }
                     *           }
                     *         },
                     *         "document": {}
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WorkflowDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_templates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "text-to-image",
                     *           "title": "text",
                     *           "description": "text",
                     *           "tags": [
                     *             "text"
                     *           ],
                     *           "node_types": [
                     *             "text"
                     *           ],
                     *           "thumbnail_url": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Template_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "text-to-image",
                     *       "title": "text",
                     *       "description": "text",
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "node_types": [
                     *         "text"
                     *       ],
                     *       "thumbnail_url": "text",
                     *       "graph": {
                     *         "1": {
                     *           "class_type": "CheckpointLoaderSimple",
                     *           "inputs": {
                     *             "ckpt_name": "pocket"
                     *           }
                     *         }
                     *       },
                     *       "document": {}
                     *     }
                     */
                    "application/json": components["schemas"]["TemplateDetails"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_template_thumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "image/webp": unknown;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_node_types: {
        parameters: {
            query?: {
                /** @description Only these; may be sent several times. Unknown ones are left out. */
                class_type?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "class_type": "KSampler",
                     *           "title": "text",
                     *           "category": "sampling",
                     *           "description": "text",
                     *           "inputs": [
                     *             {
                     *               "name": "steps",
                     *               "type": "INT",
                     *               "optional": true,
                     *               "default": {},
                     *               "min": 1,
                     *               "max": 1,
                     *               "step": 1,
                     *               "multiline": false,
                     *               "choices": [
                     *                 "text"
                     *               ],
                     *               "folder": "text",
                     *               "tooltip": ""
                     *             }
                     *           ],
                     *           "outputs": [
                     *             {
                     *               "type": "LATENT",
                     *               "name": "text"
                     *             }
                     *           ],
                     *           "output_node": true
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_NodeKind_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_models: {
        parameters: {
            query?: {
                /** @description Only those of this type. */
                type?: "checkpoint" | "vae" | "lora" | "embedding" | "controlnet" | "ip_adapter";
                /** @description Only those of, or for, this family of checkpoints, as sd15 or sdxl. */
                base?: string;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "type": "checkpoint",
                     *           "name": "ink",
                     *           "base": "sd15",
                     *           "sha256": "text",
                     *           "size_bytes": 1,
                     *           "layout": "kohya",
                     *           "width": 1,
                     *           "details": {
                     *             "rank": 16,
                     *             "trigger": [
                     *               "ink drawing"
                     *             ]
                     *           },
                     *           "shared": true,
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Model_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search_models: {
        parameters: {
            query?: {
                /** @description Only those of this type. */
                type?: "checkpoint" | "vae" | "lora" | "embedding" | "controlnet" | "ip_adapter";
                /** @description Only those of, or for, this family of checkpoints, as sd15 or sdxl. */
                base?: string;
                /** @description Only those whose name or details hold all of these words. */
                q?: string;
                /** @description Only those that go with this checkpoint. */
                checkpoint?: string;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "type": "checkpoint",
                     *           "name": "ink",
                     *           "base": "sd15",
                     *           "sha256": "text",
                     *           "size_bytes": 1,
                     *           "layout": "kohya",
                     *           "width": 1,
                     *           "details": {
                     *             "rank": 16,
                     *             "trigger": [
                     *               "ink drawing"
                     *             ]
                     *           },
                     *           "shared": true,
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Model_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_loras: {
        parameters: {
            query?: {
                /** @description Only those that go with this checkpoint. */
                checkpoint?: string;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "type": "checkpoint",
                     *           "name": "ink",
                     *           "base": "sd15",
                     *           "sha256": "text",
                     *           "size_bytes": 1,
                     *           "layout": "kohya",
                     *           "width": 1,
                     *           "details": {
                     *             "rank": 16,
                     *             "trigger": [
                     *               "ink drawing"
                     *             ]
                     *           },
                     *           "shared": true,
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Model_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_embeddings: {
        parameters: {
            query?: {
                /** @description Only those that go with this checkpoint. */
                checkpoint?: string;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "type": "checkpoint",
                     *           "name": "ink",
                     *           "base": "sd15",
                     *           "sha256": "text",
                     *           "size_bytes": 1,
                     *           "layout": "kohya",
                     *           "width": 1,
                     *           "details": {
                     *             "rank": 16,
                     *             "trigger": [
                     *               "ink drawing"
                     *             ]
                     *           },
                     *           "shared": true,
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Model_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_controlnets: {
        parameters: {
            query?: {
                /** @description Only those that go with this checkpoint. */
                checkpoint?: string;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "type": "checkpoint",
                     *           "name": "ink",
                     *           "base": "sd15",
                     *           "sha256": "text",
                     *           "size_bytes": 1,
                     *           "layout": "kohya",
                     *           "width": 1,
                     *           "details": {
                     *             "rank": 16,
                     *             "trigger": [
                     *               "ink drawing"
                     *             ]
                     *           },
                     *           "shared": true,
                     *           "created_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Model_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "type": "checkpoint",
                     *       "name": "ink",
                     *       "base": "sd15",
                     *       "sha256": "text",
                     *       "size_bytes": 1,
                     *       "layout": "kohya",
                     *       "width": 1,
                     *       "details": {
                     *         "rank": 16,
                     *         "trigger": [
                     *           "ink drawing"
                     *         ]
                     *       },
                     *       "shared": true,
                     *       "created_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Model"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_options: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "checkpoints": [
                     *         {
                     *           "name": "pocket",
                     *           "family": "sd15",
                     *           "inpainting": true,
                     *           "text_layers": 1,
                     *           "native_size": 1,
                     *           "sizes": [
                     *             {
                     *               "title": "Square",
                     *               "ratio": "1:1",
                     *               "width": 1,
                     *               "height": 1
                     *             }
                     *           ],
                     *           "defaults": {
                     *             "width": 1,
                     *             "height": 1,
                     *             "steps": 1,
                     *             "cfg": 1,
                     *             "sampler": "text",
                     *             "scheduler": "text",
                     *             "clip_skip": 1,
                     *             "negative_prompt": "text"
                     *           }
                     *         }
                     *       ],
                     *       "samplers": [
                     *         {
                     *           "name": "dpmpp_2m",
                     *           "title": "DPM++ 2M",
                     *           "description": "text",
                     *           "recommended": false
                     *         }
                     *       ],
                     *       "schedulers": [
                     *         {
                     *           "name": "dpmpp_2m",
                     *           "title": "DPM++ 2M",
                     *           "description": "text",
                     *           "recommended": false
                     *         }
                     *       ],
                     *       "vaes": [
                     *         "text"
                     *       ],
                     *       "upscalers": [
                     *         "text"
                     *       ],
                     *       "preprocessors": [
                     *         {
                     *           "name": "canny",
                     *           "title": "text",
                     *           "description": "text",
                     *           "available": true,
                     *           "why": ""
                     *         }
                     *       ],
                     *       "bounds": {
                     *         "min_side": 1,
                     *         "max_side": 1,
                     *         "side_step": 1,
                     *         "max_pixels": 1,
                     *         "max_steps": 1,
                     *         "max_cfg": 1,
                     *         "max_batch": 1,
                     *         "max_seed": 1,
                     *         "max_prompt": 1,
                     *         "max_loras": 1,
                     *         "max_controls": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Options"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_styles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "outlined",
                     *           "title": "text",
                     *           "description": "text",
                     *           "prompt": "{prompt}, outlined",
                     *           "negative_prompt": "text",
                     *           "checkpoints": [
                     *             "text"
                     *           ],
                     *           "thumbnail": "/api/v1/styles/outlined/thumbnail"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Style_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_style_thumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "image/webp": unknown;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_prompt_suggestions: {
        parameters: {
            query?: {
                /** @description Whose words they are. */
                checkpoint?: string;
                /** @description What was typed so far. */
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "text": "a large red star on a blue background",
                     *           "title": "on a blue background"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Suggestion_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_prompt_history: {
        parameters: {
            query?: {
                /** @description Only those that hold this. */
                search?: string;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "prompt": "text",
                     *           "negative_prompt": "text",
                     *           "model": "text",
                     *           "kind": "txt2img",
                     *           "count": 1,
                     *           "job_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "used_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_PastPrompt_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "checkpoint": "pocket",
                 *       "prompt": "a large red circle on a blue background",
                 *       "clip_skip": 1
                 *     }
                 */
                "application/json": components["schemas"]["ToCount"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "chunks": [
                     *         {
                     *           "tokens": 9,
                     *           "text": "text"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "limit": 1,
                     *       "syntax": [
                     *         {
                     *           "severity": "error",
                     *           "message": "text",
                     *           "start": 1,
                     *           "end": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Counted"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_presets: {
        parameters: {
            query?: {
                /** @description Only those whose name holds this. */
                text?: string;
                /** @description Only one's own. */
                mine?: boolean;
                /** @description `next_cursor` of the page before; without it, the list begins. */
                cursor?: string;
                /** @description How many items a page holds at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "name": "Quick draft",
                     *           "settings": {
                     *             "steps": 12,
                     *             "cfg": 5.5,
                     *             "sampler": "euler"
                     *           },
                     *           "visibility": "organisation",
                     *           "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "owner": "text",
                     *           "mine": true,
                     *           "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *           "created_at": "text",
                     *           "updated_at": "text"
                     *         }
                     *       ],
                     *       "next_cursor": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Preset_"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_preset: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, a UUID for example. The same request with the same key has its effect once: for 24 hours it gets the same answer again, with Idempotent-Replayed: true. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Quick draft",
                 *       "settings": {
                 *         "steps": 12,
                 *         "cfg": 5.5,
                 *         "sampler": "euler"
                 *       },
                 *       "visibility": "organisation",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["NewPreset"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Quick draft",
                     *       "settings": {
                     *         "steps": 12,
                     *         "cfg": 5.5,
                     *         "sampler": "euler"
                     *       },
                     *       "visibility": "organisation",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "text",
                     *       "mine": true,
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "created_at": "text",
                     *       "updated_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Preset"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_preset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                preset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Quick draft",
                     *       "settings": {
                     *         "steps": 12,
                     *         "cfg": 5.5,
                     *         "sampler": "euler"
                     *       },
                     *       "visibility": "organisation",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "text",
                     *       "mine": true,
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "created_at": "text",
                     *       "updated_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Preset"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_preset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                preset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, nothing follows */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_preset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                preset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Quick draft",
                 *       "settings": {
                 *         "steps": 12,
                 *         "cfg": 5.5,
                 *         "sampler": "euler"
                 *       },
                 *       "visibility": "private",
                 *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
                 *     }
                 */
                "application/json": components["schemas"]["PresetPatch"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "name": "Quick draft",
                     *       "settings": {
                     *         "steps": 12,
                     *         "cfg": 5.5,
                     *         "sampler": "euler"
                     *       },
                     *       "visibility": "organisation",
                     *       "user_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "owner": "text",
                     *       "mine": true,
                     *       "team_id": "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de",
                     *       "created_at": "text",
                     *       "updated_at": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Preset"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
