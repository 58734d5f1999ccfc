// A real OpenID Connect provider on a loopback address, for the tests: `node provider.mjs
// PORT KEY`. Port 0 takes a free one. It prints its address once it listens, signs with a key
// named KEY, which it makes, and logs in whoever `login_hint` describes: their claims, as
// URL-safe base64 of JSON. `GET /asked` answers how often its keys were asked for.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, kid] = process.argv.slice(2);
const REDIRECT = 'https://front.example.org/callback';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };

/** The claims of everybody who logged in, by subject. */
const people = new Map();
let asked = 0;

const server = createServer();
await new Promise((listens) => server.listen(Number(port), '127.0.0.1', listens));
const issuer = `http://127.0.0.1:${server.address().port}`;

const client = (client_id) => ({
  client_id,
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: [REDIRECT],
});

const provider = new Provider(issuer, {
  clients: [client('front'), client('other')],
  jwks: { keys: [jwk] },
  cookies: { keys: ['test'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  conformIdTokenClaims: false,
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, ...people.get(sub) }),
  }),
  // Whoever logs in consents to all that was asked.
  async loadExistingGrant(ctx) {
    const { client: asking, session, params, resourceServers } = ctx.oidc;
    const grant = new ctx.oidc.provider.Grant({
      clientId: asking.clientId,
      accountId: session.accountId,
    });
    grant.addOIDCScope(params.scope);
    for (const resource of Object.keys(resourceServers ?? {})) {
      grant.addResourceScope(resource, params.scope);
    }
    await grant.save();
    return grant;
  },
  // Access tokens name who logged in, as those of Keycloak do.
  extraTokenClaims: (_ctx, token) => people.get(token.accountId),
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, audience) => ({
        audience,
        scope: 'openid email profile',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
      }),
      useGrantedResource: () => true,
    },
  },
});

const answer = provider.callback();
server.on('request', async (request, response) => {
  if (request.url === '/asked') {
    response.end(String(asked));
  } else if (request.url.startsWith('/interaction/')) {
    const { params } = await provider.interactionDetails(request, response);
    const { sub, ...claims } = JSON.parse(Buffer.from(params.login_hint, 'base64url'));
    people.set(sub, claims);
    await provider.interactionFinished(request, response, { login: { accountId: sub } });
  } else {
    asked += request.url.startsWith('/jwks') ? 1 : 0;
    answer(request, response);
  }
});
console.log(issuer);
