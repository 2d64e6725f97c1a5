// A real OpenID provider: node provider.mjs PORT PEOPLE REDIRECT_URI… ; PEOPLE is JSON, login → claims.
// Its login page takes any password.
import Provider from 'oidc-provider';

const [port, people, ...redirects] = process.argv.slice(2);
const claims = JSON.parse(people);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'studio', client_secret: 'a secret/with+odd%characters', redirect_uris: redirects }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  findAccount: (_, id) => claims[id] && { accountId: id, claims: () => ({ sub: id, ...claims[id] }) },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ['of the tests'] },
});
provider.listen(Number(port), '127.0.0.1');
