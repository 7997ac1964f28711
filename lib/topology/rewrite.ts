import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  Pair,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { assert } from '@/lib/base/assert'
import type { Change, ChangeSet, Json } from './change'
import { sameJson } from './json'
import { readValue } from './parse/read-value'
import { childShape, keyOrder, ROOT, type Shape } from './shape'
import { keepSurroundings, keyOf, toNode } from './text/to-node'
import { readDocument, STRING_OPTIONS } from './text/yaml-document'

/**
 * The text with the changes made on its syntax tree: comments, quotes and the order of what is not
 * touched stay; a removed object takes the comments inside it along. The text must parse.
 */
export function rewriteText(text: string, changes: ChangeSet): string {
  if (changes.length === 0) return text
  const { document } = readDocument(text.replaceAll('\r\n', '\n'))
  assert(document.errors.length === 0, 'rewriteText was given a text that does not parse')
  for (const change of changes) rewriteOne(document, change)
  return document.toString(STRING_OPTIONS)
}

function rewriteOne(document: Document.Parsed, { path, to, before }: Change) {
  const parents = path.slice(0, -1)
  const key = path.at(-1)
  assert(key !== undefined, 'a change of the whole document is no change')
  let map = document.contents as unknown as Node
  let shape: Shape = ROOT
  for (const step of parents) {
    assert(isMap(map), `no map above ${path.join('.')}`)
    const inner = childShape(shape, step)
    map = openMap(document, map, step, shape, inner)
    shape = inner
  }
  assert(isMap(map), `no map at ${parents.join('.')}`)
  if (to === undefined) removeKey(map, key)
  else setKey(document, map, key, to, { shape, before })
}

/** The map at a key, made if it is absent or empty. */
function openMap(document: Document, map: YAMLMap, key: string, shape: Shape, inner: Shape): Node {
  const old = map.items.find((pair) => keyOf(pair) === key)
  if (isMap(old?.value)) return old.value
  const fresh = toNode(document, {}, inner)
  if (old) old.value = fresh
  else insert(map, new Pair(new Scalar(key), fresh), shape, undefined)
  return fresh
}

function removeKey(map: YAMLMap, key: string) {
  const index = map.items.findIndex((pair) => keyOf(pair) === key)
  if (index < 0) return
  if (index === 0) dropCommentOfFirst(map)
  map.items.splice(index, 1)
  if (map.items.length === 0) map.flow = true
}

/**
 * The parser gives a comment above a map's first object to the map. What stands behind a blank line
 * is the object's; without one it may be about the whole map, and then it is kept.
 */
function dropCommentOfFirst(map: YAMLMap) {
  const cut = map.commentBefore?.lastIndexOf('\n\n') ?? -1
  if (cut >= 0) map.commentBefore = map.commentBefore!.slice(0, cut)
}

type Place = { shape: Shape; before: string | undefined }

function setKey(document: Document, map: YAMLMap, key: string, to: Json, { shape, before }: Place) {
  const old = map.items.find((pair) => keyOf(pair) === key)
  const fresh = toNode(document, to, childShape(shape, key))
  if (!old) {
    insert(map, new Pair(new Scalar(key), fresh), shape, before)
    return
  }
  if (isSeq(old.value) && isSeq(fresh)) reuseItems(old.value, fresh)
  if (isScalar(old.value) && isScalar(fresh)) keepQuotes(old.value, fresh)
  keepSurroundings(old.value, fresh)
  old.value = fresh
}

/** In front of `before`; a field at its place in the schema's order; else at the end. */
function insert(map: YAMLMap, pair: Pair<Scalar>, shape: Shape, before: string | undefined) {
  const order = keyOrder(shape)
  const rank = order?.indexOf(keyOf(pair)) ?? -1
  const next = map.items.findIndex((each) =>
    order ? order.indexOf(keyOf(each)) > rank : keyOf(each) === before,
  )
  const index = next < 0 ? map.items.length : next
  const neighbour = map.items[index === 0 ? 1 : index] ?? map.items.at(-1)
  if (index > 0 && map.items.length > 1 && isScalar(neighbour?.key) && neighbour.key.spaceBefore) {
    pair.key.spaceBefore = true
  }
  map.items.splice(index, 0, pair)
  if (!isFlowByHand(map)) map.flow = false
}

/** A map that a person wrote as `{a: 1}`; an empty `{}` is only how nothing is written. */
const isFlowByHand = (map: YAMLMap) => map.flow === true && map.items.length > 1

/** Items that stay keep their own syntax, comments and style. */
function reuseItems(old: YAMLSeq, fresh: YAMLSeq) {
  const left = old.items.map((node) => ({ node, value: readValue(node).value }))
  fresh.items = fresh.items.map((item) => {
    const value = readValue(item).value
    const index = left.findIndex((each) => sameJson(each.value, value))
    return index < 0 ? item : left.splice(index, 1)[0]!.node
  })
  fresh.flow = fresh.items.some((item) => isNode(item) && hasComment(item)) ? false : old.flow
}

const hasComment = (node: Node) => Boolean(node.comment || node.commentBefore)

function keepQuotes(old: Scalar, fresh: Scalar) {
  const quoted = old.type === Scalar.QUOTE_DOUBLE || old.type === Scalar.QUOTE_SINGLE
  if (quoted && typeof fresh.value === 'string') fresh.type = old.type
}
