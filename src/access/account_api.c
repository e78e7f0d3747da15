/* What people change of their own account: password and second factor. */
#include "access/access.h"

#include "access/knock.h"

/* -- The password -- */

typedef struct {
  char *current, *fresh;
} PasswordRequest;

static const SvField password_fields[] = {
    SV_FIELD (PasswordRequest, current, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PASSWORD_BYTES, .doc = "The password until now."),
    SV_FIELD (PasswordRequest, fresh, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_PASSWORD_BYTES, .doc = "The password from now on."),
};
static SV_RECORD_TYPE (password_type, PasswordRequest, "PasswordChange", password_fields,
                       "One password for another.");

typedef struct {
  const SvPrincipal *principal;
  const char *hash; /* NULL: the current one was not right */
} Password;

/* Whoever else is in with the old password is out. */
static gboolean
keep_password (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Password *password = data;
  const SvPrincipal *principal = password->principal;
  sv_audit_say (entry, password->hash != NULL ? "person.password" : "person.refuse-password",
                principal->person, NULL);
  return password->hash == NULL ||
         (sv_person_set_password (db, principal->person, password->hash, FALSE, error) &&
          sv_session_delete_all (db, principal->person, principal->session, error));
}

static gboolean
run_password (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  const PasswordRequest *request = knock->body;
  g_autoptr (SvCredentials) credentials =
      sv_credentials_find_by_id (db, knock->principal->person, error);
  if (credentials == NULL)
    return FALSE;
  gboolean right = sv_knock_proves (credentials, request->current);
  g_autofree char *hash = right ? sv_password_hash (request->fresh, error) : NULL;
  Password password = {knock->principal, hash};
  if ((right && hash == NULL) ||
      !sv_audit_perform (db, knock->entry, keep_password, &password, error))
    return FALSE;
  if (right)
    sv_knock_forgive (knock);
  else
    g_set_error_literal (error, SV_ERROR, SV_ERROR_DENIED, "the current password is not right");
  return right;
}

static gboolean
put_password (SvCall *call, GError **error)
{
  const PasswordRequest *request = sv_call_get_body (call);
  const SvPrincipal *principal = sv_access_get_person (call, error);
  if (principal == NULL || !sv_password_check (request->fresh, principal->name, NULL, error))
    return FALSE;
  if (g_str_equal (request->fresh, request->current)) {
    g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE, "this is the password you have");
    return FALSE;
  }
  return sv_knock_try (call, principal->name, run_password, error);
}

/* -- The second factor -- */

typedef struct {
  char *secret, *uri;
} Offer;

static const SvField offer_fields[] = {
    SV_FIELD (Offer, secret, SV_TYPE_STRING, .doc = "Base32, to be typed into an app."),
    SV_FIELD (Offer, uri, SV_TYPE_STRING,
              .doc = "The same as otpauth URI, to be shown as QR code."),
};
static SV_RECORD_TYPE (offer_type, Offer, "TotpOffer", offer_fields,
                       "A second factor, in force once a code of it was given.");

typedef struct {
  char *code;
} CodeRequest;

static const SvField code_fields[] = {
    SV_FIELD (CodeRequest, code, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = 16,
              .doc = "Six digits."),
};
static SV_RECORD_TYPE (code_type, CodeRequest, "TotpCode", code_fields, "A code of now.");

typedef struct {
  const SvKnock *knock;
  const char *secret; /* to offer */
} Factor;

static gboolean
offer_factor (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Factor *factor = data;
  const char *person = factor->knock->principal->person;
  sv_audit_say (entry, "person.totp-offer", person, NULL);
  return sv_person_offer_totp (db, person, factor->secret, error);
}

static gboolean
run_offer (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  g_autofree char *secret = sv_totp_secret_new ();
  Factor factor = {knock, secret};
  if (!sv_audit_perform (db, knock->entry, offer_factor, &factor, error))
    return FALSE;
  Offer *offer = sv_record_new (&offer_type);
  offer->uri = sv_totp_uri (secret, "salve", knock->principal->name);
  offer->secret = g_steal_pointer (&secret);
  *ret_record = offer;
  return TRUE;
}

static gboolean
confirm_factor (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvKnock *knock = data;
  const CodeRequest *request = knock->body;
  const char *person = knock->principal->person;
  gint64 step;
  g_autoptr (SvCredentials) credentials = sv_credentials_find_by_id (db, person, error);
  if (credentials == NULL)
    return FALSE;
  sv_audit_say (entry, "person.totp", person, NULL);
  if (sv_totp_accept (credentials->totp_offered, request->code, knock->now_us, 0, &step))
    return sv_person_accept_totp (db, person, step, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "this is no code of the second factor that was offered last");
  return FALSE;
}

static gboolean
run_confirm (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  SvKnock *knock = data;
  if (!sv_audit_perform (db, knock->entry, confirm_factor, knock, error))
    return FALSE;
  sv_knock_forgive (knock);
  return TRUE;
}

static gboolean
remove_factor (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const SvPrincipal *principal = data;
  sv_audit_say (entry, "person.totp-remove", principal->person, NULL);
  return sv_person_remove_totp (db, principal->person, error);
}

static gboolean
run_remove (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  const SvKnock *knock = data;
  return sv_audit_perform (db, knock->entry, remove_factor, knock->principal, error);
}

static gboolean
post_factor (SvCall *call, GError **error)
{
  return sv_access_get_person (call, error) != NULL && sv_knock_defer (call, run_offer, error);
}

static gboolean
post_code (SvCall *call, GError **error)
{
  const SvPrincipal *principal = sv_access_get_person (call, error);
  return principal != NULL && sv_knock_try (call, principal->name, run_confirm, error);
}

static gboolean
delete_factor (SvCall *call, GError **error)
{
  return sv_access_get_person (call, error) != NULL && sv_knock_defer (call, run_remove, error);
}

#define TAG .tag = "Account"
static const SvError tries[] = {SV_ERROR_RATE, SV_ERROR_BUSY};
static const SvRoute routes[] = {
    {SV_METHOD_PUT, "/api/v1/account/password", "account:own", "Change one's own password", TAG,
     .request = &password_type, SV_ROUTE_ERRORS (tries), .handle = put_password},
    {SV_METHOD_POST, "/api/v1/account/totp", "account:secure", "Be offered a second factor", TAG,
     .response = &offer_type, .handle = post_factor},
    {SV_METHOD_POST, "/api/v1/account/totp/confirm", "account:secure",
     "Put the offered second factor in force", TAG, .request = &code_type, SV_ROUTE_ERRORS (tries),
     .handle = post_code},
    {SV_METHOD_DELETE, "/api/v1/account/totp", "account:secure", "Give up the second factor", TAG,
     .handle = delete_factor},
};
const SvRouteTable sv_account_routes = {routes, G_N_ELEMENTS (routes), "One's own account."};
