// An API proxy for a Zoom App as a team would run it in Node, built from the packages of Zoom's own sample and doing the
// same work per request: a line on the console, body parsers, the session, the user's sealed record read twice, and a new
// connection to Zoom for every call, whose answer is written to the console.
//
// TUNED=1 is what somebody who knows Node makes of it: connections are kept and nothing is written.
// PROCESSES=2 serves from two processes.
'use strict'

const cluster = require('cluster')
const crypto = require('crypto')
const https = require('https')
const { promisify } = require('util')
const express = require('express')
const session = require('express-session')
const RedisStore = require('connect-redis')(session)
const { createProxyMiddleware } = require('http-proxy-middleware')
const morgan = require('morgan')
const redis = require('redis')

const { PORT, PROCESSES = '1', PUBLIC_URL, REDIS_URL, SECRET, TUNED, ZOOM_HOST } = process.env
const say = TUNED ? () => {} : (...words) => console.log(...words)

const key = crypto.createHash('sha256').update(SECRET).digest()

function seal(text) {
  const iv = crypto.randomBytes(16)
  const cipher = crypto.createCipheriv('aes-256-cbc', key, iv)
  return Buffer.concat([iv, cipher.update(text), cipher.final()]).toString('base64')
}

function open(sealed) {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = crypto.createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16))
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString()
}

const database = redis.createClient({ url: REDIS_URL })
const read = promisify(database.get).bind(database)
const write = promisify(database.set).bind(database)
const load = async (user) => JSON.parse(open(await read(`peer:${user}`)))
const keep = (user, record) => write(`peer:${user}`, seal(JSON.stringify(record)))

async function tokens(form) {
  const answer = await fetch(`${ZOOM_HOST}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
  const { access_token, refresh_token, expires_in } = await answer.json()
  if (!access_token) throw new Error(`the token endpoint answered ${answer.status}`)
  return { access_token, refresh_token, expires_at: Date.now() + expires_in * 1000 }
}

function install(req, res) {
  req.session.state = crypto.randomBytes(16).toString('hex')
  res.redirect(`${ZOOM_HOST}/oauth/authorize?${new URLSearchParams({ response_type: 'code', state: req.session.state })}`)
}

async function callback(req, res, next) {
  try {
    if (req.query.state !== req.session.state) throw new Error('another state')
    const record = await tokens({ grant_type: 'authorization_code', code: req.query.code })
    const headers = { Authorization: `Bearer ${record.access_token}` }
    const { id } = await (await fetch(`${ZOOM_HOST}/v2/users/me`, { headers })).json()
    await keep(id, record)
    req.session.user = id
    res.redirect('/')
  } catch (error) {
    next(error)
  }
}

function harden(req, res, next) {
  res.setHeader('Strict-Transport-Security', 'max-age=31536000')
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Content-Security-Policy', `default-src 'self'; connect-src 'self' wss://${new URL(PUBLIC_URL).host}`)
  res.setHeader('Referrer-Policy', 'same-origin')
  res.setHeader('X-Frame-Options', 'SAMEORIGIN')
  next()
}

async function who(req, res, next) {
  if (!req.session.user) return next(new Error('not signed in'))
  try {
    req.record = await load(req.session.user)
    next()
  } catch (error) {
    next(error)
  }
}

async function renew(req, res, next) {
  say('checking the access token')
  try {
    if (Date.now() >= req.record.expires_at - 5000) {
      say('renewing the access token')
      const form = { grant_type: 'refresh_token', refresh_token: req.record.refresh_token }
      await keep(req.session.user, await tokens(form))
    }
    next()
  } catch (error) {
    next(error)
  }
}

async function authorize(req, res, next) {
  try {
    const record = await load(req.session.user)
    req.headers.authorization = `Bearer ${record.access_token}`
    next()
  } catch (error) {
    next(error)
  }
}

const forward = createProxyMiddleware({
  target: ZOOM_HOST,
  changeOrigin: true,
  pathRewrite: { '^/zoom/api': '' },
  logLevel: 'warn',
  agent: TUNED ? new https.Agent({ keepAlive: true }) : undefined,
  onProxyRes(answer, req) {
    if (TUNED) return
    const parts = []
    answer.on('data', (part) => parts.push(part))
    answer.on('end', () => say(`Zoom answered ${req.method} ${req.path}:`, answer.statusCode, Buffer.concat(parts).toString()))
  },
})

function serve() {
  const app = express()
  if (!TUNED) app.use(morgan('dev'))
  app.use(express.json())
  app.use(express.urlencoded({ extended: false }))
  app.use(
    session({
      secret: SECRET,
      resave: false,
      saveUninitialized: true,
      cookie: { path: '/', httpOnly: true, maxAge: 365 * 24 * 60 * 60 * 1000 },
      store: new RedisStore({ client: redis.createClient({ url: REDIS_URL }) }),
    }),
  )
  app.use(harden)
  app.get('/healthz', (req, res) => res.send('ok'))
  app.get('/api/zoomapp/install', install)
  app.get('/api/zoomapp/auth', callback)
  app.use('/zoom/api', who, renew, authorize, forward)
  app.listen(Number(PORT), '127.0.0.1', 1024)
}

if (PROCESSES === '1' || !cluster.isPrimary) {
  serve()
} else {
  for (let count = 0; count < Number(PROCESSES); count += 1) cluster.fork()
}
