// A real OpenID provider on loopback: oidc.mjs '{"port": …, "callbacks": {ALG: URI}, "people": FILE}'
// People log in with any password; what is said of them stands in FILE as {login: claims}.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Provider from 'oidc-provider'

const { port, callbacks, people, secret } = JSON.parse(process.argv[2])
const kinds = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
}
const algs = Object.keys(callbacks)
const keys = algs.map((alg) => {
  const [type, options] = kinds[alg]
  const { privateKey } = generateKeyPairSync(type, options)
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() }
})
const issuer = `http://127.0.0.1:${port}`
const provider = new Provider(issuer, {
  clients: algs.map((alg) => ({
    client_id: `salve ${alg}`,
    client_secret: secret,
    redirect_uris: [callbacks[alg]],
    id_token_signed_response_alg: alg,
    require_auth_time: alg === 'RS256',
  })),
  jwks: { keys },
  enabledJWA: { idTokenSigningAlgValues: algs },
  claims: { openid: ['sub', 'groups', 'preferred_username', 'name', 'email'] },
  conformIdTokenClaims: false,
  cookies: { keys: [randomUUID()] },
  findAccount: (ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, ...JSON.parse(readFileSync(people, 'utf8'))[sub] }),
  }),
  // nobody is asked whether the server may know who they are
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc
    const grant = new ctx.oidc.provider.Grant({
      clientId: client.clientId, accountId: session.accountId,
    })
    grant.addOIDCScope('openid profile email')
    await grant.save()
    return grant
  },
})
provider.listen(port, '127.0.0.1', () => console.log('ready'))
