import { readFileSync } from 'node:fs'
import { returnLaw } from '../agent/maths/risk/law.ts'
import { factorRisk } from '../agent/maths/risk/copula-factor.ts'
import { pairRisk } from '../agent/maths/risk/copula-pair.ts'
const d = JSON.parse(readFileSync('/work/shared/vectors/gap-vectors.json','utf8'))
const v=d.vectors.find((v:any)=>v.id==='pf10-t4')
const all=v.params.positions.map((p:any)=>({...p,law:returnLaw({model:d.models[p.model],latency:d.latencies[p.latency]},48)}))
for (const n of [2,3,5,7]) { const held=all.slice(0,n); const N=held.reduce((s:number,p:any)=>s+p.D,0)
 if(n===2) console.log('pair',pairRisk(held[0],held[1],{rho:held[0].a*held[1].a,nu:4},[.99,.999]).map(x=>[x.VaR/N,x.ES/N].join(' ')))
 for (const [f,t] of [[1,1024],[2,1024],[3,2048]] as const){const c=process.cpuUsage().user; const r=factorRisk(held,4,[.99,.999],{fineness:f,terms:t}); console.log(n,f,t,r.map(x=>[x.VaR/N,x.ES/N].join(' ')),(process.cpuUsage().user-c)/1e6)}}
