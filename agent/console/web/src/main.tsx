// The page begins here.
import { render } from 'preact'
import { App } from './app.tsx'
import { enter } from './store.ts'
import './style.css'

const home = document.getElementById('app')
if (home !== null) render(<App />, home)
void enter()
